// The login page: password by keyboard or board, or a passkey; the saved account number; where to go afterwards.

import { codeForm } from "./code.js";
import { enterCode, explain, passkeySupport, ready, resendCode, signIn } from "./sekisho.js";
import { byId, moment, say, tell } from "./words.js";

const SAVED = "broker.account-number";
const RENEW = "broker.renew-password";
const UPGRADE = "broker.upgrade-to-passkey";

const form = byId("login-form");
const [id, password, remember] = ["login-id", "login-password", "login-remember"].map(byId);

const query = new URLSearchParams(location.search);
const back = query.get("return");
if (back?.startsWith("/") && !back.startsWith("//")) {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = "return";
  field.value = back;
  form.append(field);
  byId("login-passkey").setAttribute("return", back);
}
if (query.get("out") === "timeout") tell("kept-out", say("login_js.timeout"));
else if (back) tell("kept-out", say("login_js.return_first"));

const saved = localStorage.getItem(SAVED);
if (saved) {
  id.value = saved;
  remember.checked = true;
}

remember.addEventListener("change", () => {
  if (!remember.checked) localStorage.removeItem(SAVED);
});

function missing(input, sentence) {
  const empty = input.value.trim() === "";
  tell(`${input.id}-error`, empty ? sentence : null);
  input.setAttribute("aria-invalid", String(empty));
  return empty;
}

function refusal(error) {
  switch (error.code) {
    case "sign_in_failed":
      return say("login_js.error");
    case "session_limit":
      return say("login_js.session_limit");
    case "desk_needed":
      return say("login_js.desk", { phone: document.querySelector(".phone").textContent });
    case "locked":
      return say("login_js.locked", { time: moment(error.details?.until ?? Date.now()) });
    default:
      return explain(error);
  }
}

function signedIn({ next, renew_password: renew }) {
  if (remember.checked) localStorage.setItem(SAVED, id.value.trim());
  sessionStorage.setItem(UPGRADE, "1");
  if (renew) sessionStorage.setItem(RENEW, "1");
  location.assign(next);
}

// The sign-in that waits for its code. It lives on this page only: who leaves it begins anew.
let waiting;
const showCode = codeForm({
  enter: async (code) => signedIn(await enterCode({ ...waiting, code })),
  resend: (by) => resendCode({ ...waiting, by }),
});

let busy = false;
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (busy) return;
  tell("login-error", null);
  const gaps = [
    [id, say("login_js.need_id")],
    [password, say("login_js.need_password")],
  ].filter(([input, sentence]) => missing(input, sentence));
  if (gaps.length > 0) {
    gaps[0][0].focus();
    return;
  }
  busy = true;
  try {
    const answer = await signIn(form);
    if (!("pending" in answer)) return signedIn(answer);
    waiting = { pending: answer.pending, return: byId("login-passkey").getAttribute("return") };
    byId("password-card").hidden = true;
    byId("code-card").hidden = false;
    showCode(answer);
  } catch (error) {
    byId("login-keyboard").clear?.();
    password.value = "";
    tell("login-error", refusal(error));
  } finally {
    busy = false;
  }
});

// Only now: nothing above may wait, or an early submit would find nobody.
if ((await ready) === "plain") tell("login-password-note", say("login_js.nowasm"));
const { available } = await passkeySupport();
if (!available) tell("passkey-unavailable", say("common_js.no_passkey"));
