// Never run: every promise of the package's types, used as a team would use it. A line under `@ts-expect-error` must not compile.

import * as React from "react";
import { Board, checkPassword, initAsync, PasswordRules, SessionWatch, session, signIn, SekishoError, type ErrorCode, type SekishoKeyboardElement } from "sekisho";
import { FakeEdge } from "sekisho/testing";
import { SekishoIdleWarning, SekishoKeyboard, SekishoPasskey, SekishoPasswordRules } from "sekisho/react";

export async function signsIn(form: HTMLFormElement, input: HTMLInputElement): Promise<string> {
  const how: "wasm" | "plain" = await initAsync({ rules: true });
  if (how === "plain") return how;
  try {
    const answer = await signIn(form, { signal: AbortSignal.timeout(1000) });
    return "pending" in answer ? answer.masked : answer.next;
  } catch (error) {
    if (!(error instanceof SekishoError)) throw error;
    const code: ErrorCode = error.code;
    return code === "locked" ? String(error.details.until) : checkPassword(input).verdict;
  }
}

// @ts-expect-error A password is never a string.
void signIn({ id: "1", password: "secret" });
// @ts-expect-error There is no such code.
export const wrong: ErrorCode = "no_such_code";

document.addEventListener("sekisho-session-ended", (event) => void event.detail.reason.length);
void session().then((state) => state.remaining_ms.toFixed());

export function own(input: HTMLInputElement): () => void {
  const [watch, rules, board] = [new SessionWatch(), new PasswordRules(input, { lang: "en" }), new Board(input, { layout: "pin" })];
  watch.addEventListener("sekisho-remaining", ({ detail }) => void (detail.warning && detail.remaining_ms.toFixed()));
  rules.addEventListener("sekisho-rules", ({ detail }) => void detail.notes.map(({ text, refuses }) => refuses && text.length));
  const typed: boolean = board.press(board.labels.indexOf("1"));
  return () => void (typed && [watch, rules, board].map((one) => one.stop()));
}

const edge = new FakeEdge({ session: { window_ms: 1000 }, now: () => 0 });
globalThis.fetch = edge.fetch;
edge.refuse("/.sekisho/login", "network");
// @ts-expect-error There is no such scenario.
edge.play("no_such_scenario");

export function Page(): React.ReactElement {
  const board = React.useRef<SekishoKeyboardElement>(null);
  return (
    <form>
      <SekishoKeyboard ref={board} id="board" htmlFor="password" layout="pin" reveal open={false} onDone={(event) => event.preventDefault()} onClose={() => board.current?.clear()} />
      <SekishoPasswordRules htmlFor="password" person="form" onVerdict={({ detail }) => void detail.codes.join()} />
      <SekishoPasskey mode="manage" className="cards" return="/home" onPasskeys={({ detail }) => void detail.count.toFixed()} onPasskeyFailed={({ detail }) => void (detail.code === "aborted")} />
      <SekishoIdleWarning loggedOut="/login" onIdleWarning={({ detail }) => void detail.remaining_ms.toFixed()} />
      {/* @ts-expect-error There is no such layout. */}
      <SekishoKeyboard htmlFor="pin" layout="dvorak" />
    </form>
  );
}
