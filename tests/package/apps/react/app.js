// A login page in React, the same on the server and in the browser. It sets its handlers and its flags as a team would.

import { createElement as h, useEffect, useRef, useState } from "react";
import { checkPassword, initAsync, SekishoError, signIn } from "sekisho";
import { SekishoIdleWarning, SekishoKeyboard, SekishoPasskey, SekishoPasswordRules } from "sekisho/react";

const heard = (globalThis.heard = []);
const hear = (prop) => [prop, (event) => heard.push([prop, event.type, event.detail])];
const PASSKEY = ["onSignedIn", "onRegistered", "onConfirmed", "onPasskeys", "onPasskeyFailed"];
const IDLE = ["onIdleWarning", "onExtended"];

export const App = ({ set }) => {
  const board = useRef(null);
  const [said, say] = useState("");
  const [turns, turn] = useState(0);
  useEffect(() => {
    globalThis.verdict = () => checkPassword(document.querySelector("#password"));
    globalThis.board = board;
    initAsync().then((how) => (document.documentElement.dataset.sekisho = how));
  }, []);
  const submit = async (event) => {
    event.preventDefault();
    try {
      say((await signIn(event.currentTarget)).next);
    } catch (error) {
      say(error instanceof SekishoError ? error.code : String(error));
    }
  };
  return h("form", { onSubmit: submit },
    h("label", { htmlFor: "id" }, "口座番号"),
    h("input", { id: "id", name: "id", autoComplete: "username", required: true }),
    h("label", { htmlFor: "password" }, "パスワード"),
    h("input", { id: "password", name: "password", type: "password", autoComplete: "current-password", required: true }),
    h(SekishoKeyboard, {
      id: "board", htmlFor: "password", className: "board", reveal: true, open: false, ref: board,
      // A handler that is another one after every render.
      onOpen: () => turn(turns + 1), onClose: () => turn(turns + 1), onDone: (event) => (event.preventDefault(), heard.push(["onDone", event.type])),
    }),
    set && h(SekishoPasswordRules, { htmlFor: "password", ...Object.fromEntries([hear("onVerdict")]) }),
    h("button", { id: "submit" }, "ログインする"),
    h("output", { id: "said" }, said),
    h("output", { id: "turns" }, String(turns)),
    h(SekishoPasskey, { mode: "sign-in", autofill: false, ...Object.fromEntries(PASSKEY.map(hear)) }),
    // Nobody is logged in here: the edge says so, and this page stays.
    h(SekishoIdleWarning, {
      loggedOut: "/elsewhere", ...Object.fromEntries(IDLE.map(hear)),
      onSessionEnded: (event) => (event.preventDefault(), heard.push(["onSessionEnded", event.type, event.detail])),
    }),
  );
};
