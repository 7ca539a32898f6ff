"use client";
// The elements as React components. React before 19 hands a custom element neither listeners nor booleans; this does, and
// touches no page before it runs in one.

import { createElement, forwardRef, useCallback, useEffect, useLayoutEffect, useRef } from "react";

const NAMES = { className: "class", htmlFor: "for", loggedOut: "logged-out" };
const FLAGS = new Set(["open", "reveal", "autofill"]);

// React before 19 complains of a layout effect on a server, where it means nothing.
const useBeforePaint = typeof document === "undefined" ? useEffect : useLayoutEffect;

/** The attribute's value: true and false are "there" and "not there", except where they are words (ARIA, data). */
const attribute = (name, value) => {
  if (typeof value !== "boolean" || /^(aria|data)-/.test(name)) return value;
  if (!value) return undefined;
  return FLAGS.has(name) ? "" : true;
};

const component = (tag, events) =>
  forwardRef((props, ref) => {
    const element = useRef(null);
    const latest = useRef(props);
    useBeforePaint(() => {
      latest.current = props;
    });
    useBeforePaint(() => {
      const node = element.current;
      const stops = Object.entries(events).map(([prop, type]) => {
        const listener = (event) => latest.current[prop]?.(event);
        node.addEventListener(type, listener);
        return () => node.removeEventListener(type, listener);
      });
      return () => stops.forEach((stop) => stop());
    }, []);
    const keep = useCallback((node) => {
      element.current = node;
      if (typeof ref === "function") return ref(node);
      if (ref) ref.current = node;
      return undefined;
    }, [ref]);
    const attributes = { ref: keep };
    for (const [prop, value] of Object.entries(props)) {
      if (!(prop in events)) attributes[NAMES[prop] ?? prop] = attribute(prop, value);
    }
    return createElement(tag, attributes);
  });

export const SekishoKeyboard = component("sekisho-keyboard", {
  onOpen: "sekisho-open",
  onClose: "sekisho-close",
  onDone: "sekisho-done",
});

export const SekishoPasswordRules = component("sekisho-password-rules", { onVerdict: "sekisho-verdict" });

export const SekishoPasskey = component("sekisho-passkey", {
  onSignedIn: "sekisho-signed-in",
  onRegistered: "sekisho-registered",
  onConfirmed: "sekisho-confirmed",
  onPasskeys: "sekisho-passkeys",
  onPasskeyFailed: "sekisho-passkey-failed",
});

export const SekishoIdleWarning = component("sekisho-idle-warning", {
  onIdleWarning: "sekisho-idle-warning",
  onExtended: "sekisho-extended",
  onSessionEnded: "sekisho-session-ended",
});
