// Stops a change of the mail address by the number in the letter to the one before it; nobody is logged in here.

import { explain, stopAddress } from "./sekisho.js";
import { byId, moment, say, tell } from "./words.js";

const fields = { id: byId("stop-id"), number: byId("stop-number") };

function missing(name) {
  const empty = fields[name].value.trim() === "";
  tell(`stop-${name}-error`, empty ? say(`stop_js.need_${name}`) : null);
  fields[name].setAttribute("aria-invalid", String(empty));
  return empty;
}

function refusal(error) {
  if (error.code === "stop_unknown") return say("stop_js.unknown");
  if (error.code === "rate_limited" && error.details?.until) return say("stop_js.held", { time: moment(error.details.until) });
  return explain(error);
}

let busy = false;
byId("stop-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (busy) return;
  tell("stop-error", null);
  const gap = Object.keys(fields).filter(missing)[0];
  if (gap) return fields[gap].focus();
  busy = true;
  try {
    await stopAddress({ id: fields.id.value, number: fields.number.value });
    byId("stop-card").hidden = true;
    byId("stop-done").hidden = false;
    byId("stop-done-title").focus();
  } catch (error) {
    tell("stop-error", refusal(error));
  } finally {
    busy = false;
  }
});
