import type { ForwardRefExoticComponent, HTMLAttributes, RefAttributes } from "react";
import type { SekishoEventMap, SekishoKeyboardElement } from "./index.js";

type Handler<Name extends keyof SekishoEventMap> = (event: SekishoEventMap[Name]) => void;
type Common = Omit<HTMLAttributes<HTMLElement>, "children" | "onClose">;
type Element<Props, Of extends HTMLElement = HTMLElement> = ForwardRefExoticComponent<Common & Props & RefAttributes<Of>>;

export interface SekishoKeyboardProps {
  /** The id of the input; several ids, separated by spaces, give a tab per field. */
  htmlFor: string;
  layout?: "full" | "alnum" | "pin";
  random?: "choice" | "always" | "off";
  shuffle?: "groups" | "board";
  reshuffle?: "display" | "press";
  hide?: "choice" | "on" | "away" | "off";
  reveal?: boolean;
  enter?: "close" | "submit";
  /** Opens and closes the board when it changes; the customer does so too, and then `onOpen` and `onClose` tell. */
  open?: boolean;
  onOpen?: Handler<"sekisho-open">;
  onClose?: Handler<"sekisho-close">;
  /** `event.preventDefault()` stops what `enter` does. */
  onDone?: Handler<"sekisho-done">;
}

export interface SekishoPasswordRulesProps {
  /** The id of the password input. */
  htmlFor: string;
  /** The id of the form with the customer's own data. */
  person?: string;
  onVerdict?: Handler<"sekisho-verdict">;
}

export interface SekishoPasskeyProps {
  mode?: "sign-in" | "register" | "confirm" | "manage";
  autofill?: boolean;
  /** The path to go to after sign-in. */
  return?: string;
  domain?: string;
  name?: string;
  /** `event.preventDefault()` keeps the page from going on by itself. */
  onSignedIn?: Handler<"sekisho-signed-in">;
  onRegistered?: Handler<"sekisho-registered">;
  onConfirmed?: Handler<"sekisho-confirmed">;
  onPasskeys?: Handler<"sekisho-passkeys">;
  onPasskeyFailed?: Handler<"sekisho-passkey-failed">;
}

export interface SekishoIdleWarningProps {
  /** Where to go when the session has ended. */
  loggedOut?: string;
  onIdleWarning?: Handler<"sekisho-idle-warning">;
  onExtended?: Handler<"sekisho-extended">;
  /** `event.preventDefault()` keeps the page. */
  onSessionEnded?: Handler<"sekisho-session-ended">;
}

/** `<sekisho-keyboard>`; its ref has `show`, `close`, `clear` and `field`. */
export const SekishoKeyboard: Element<SekishoKeyboardProps, SekishoKeyboardElement>;
/** `<sekisho-password-rules>`. */
export const SekishoPasswordRules: Element<SekishoPasswordRulesProps>;
/** `<sekisho-passkey>`. */
export const SekishoPasskey: Element<SekishoPasskeyProps>;
/** `<sekisho-idle-warning>`. */
export const SekishoIdleWarning: Element<SekishoIdleWarningProps>;
