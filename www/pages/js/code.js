// The form for a one-time code: the second step of a login, and the confirmation of the mail address.

import { explain } from "./sekisho.js";
import { byId, lang, moment, say, tell } from "./words.js";

const LONGEST_WAIT = 60_000;

/**
 * Brings the form to life.
 *
 * @param {object} acts
 * @param {(code: string) => Promise<void>} acts.enter hands the code in
 * @param {(by?: "sms") => Promise<{masked: string, resend: number, sms?: string | null}>} acts.resend asks for another
 * @param {"sms"} [acts.way] how codes are sent where nobody chooses; by mail where absent
 * @returns {(sent: {masked: string, resend: number, sms?: string | null, unusual?: boolean, from?: object}) => void}
 *   shows where a code was sent and for which
 *   login, and takes the focus
 */
export function codeForm({ enter, resend, way }) {
  const [form, input, again, sms] = ["code-form", "code", "code-resend", "code-sms"].map(byId);
  let free = 0;
  let busy = false;

  const shown = ({ masked, resend: next, sms: number, unusual, from }, by = way) => {
    if (unusual !== undefined) tell("code-why", unusual ? say("code_js.why") : null);
    byId("code-body").textContent = say(by === "sms" ? "code_js.body_sms" : "code_js.body", { masked });
    sms.hidden = !number;
    if (from) {
      const channel = from[`channel_${lang}`];
      const place = from[`place_${lang}`];
      const shown = { time: moment(from.at), channel, client: from.client };
      tell("code-from", say(place ? "code_js.from_place" : "code_js.from", { ...shown, place }));
    }
    // The edge's moment by this device's clock, which may be wrong: never longer than the edge would ever wait.
    free = Date.now() + Math.min(Math.max(next - Date.now(), 0), LONGEST_WAIT);
    input.value = "";
    input.focus();
  };

  const wrong = (sentence) => {
    tell("code-error", sentence);
    input.setAttribute("aria-invalid", "true");
    input.focus();
  };

  const sentence = (error, gone) => {
    switch (error.code) {
      case "code_wrong":
        return error.details.left > 0 ? say("code_js.wrong", { n: error.details.left }) : say("code_js.void");
      case "code_gone":
        return gone;
      default:
        return explain(error);
    }
  };

  const once = (act) => async () => {
    if (busy) return;
    busy = true;
    tell("code-error", null);
    tell("code-message", null);
    input.removeAttribute("aria-invalid");
    try {
      await act();
    } finally {
      busy = false;
    }
  };

  const entered = once(async () => {
    if (input.value.trim() === "") return wrong(say("code_js.need"));
    try {
      await enter(input.value);
    } catch (error) {
      input.value = "";
      wrong(sentence(error, say("code_js.expired")));
    }
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    entered();
  });

  const another = (by) => once(async () => {
    const wait = Math.ceil((free - Date.now()) / 1000);
    if (wait > 0) return tell("code-message", say("code_js.wait", { s: wait }));
    try {
      shown(await resend(by), by);
      tell("code-message", say("code_js.sent"));
    } catch (error) {
      if (error.code === "rate_limited") tell("code-message", say("code_js.wait", { s: 60 }));
      else wrong(sentence(error, say("code_js.over")));
    }
  });
  again.addEventListener("click", another());
  sms.addEventListener("click", another("sms"));

  return shown;
}
