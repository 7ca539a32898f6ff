// The page to which a login leads while no mail address is confirmed: an address, the code that came to it, or "not now"; then on
// to where the login was to lead. With `?kind=phone` the settings lead here, to have a mobile number confirmed in the same way.

import { codeForm } from "../code.js";
import { ask, beginAddress, confirmAddress, explain, putOffAddress } from "../sekisho.js";
import { byId, moment, say, tell } from "../words.js";
import { back } from "./back.js";

const input = byId("new-address");
const phone = new URLSearchParams(location.search).get("kind") === "phone";
const given = () => ({ ...(phone && { kind: "phone" }), ...(input.value.trim() !== "" && { address: input.value }) });

function forPhone() {
  for (const [place, text] of Object.entries(words)) byId(place).textContent = say(`addr_js.${text}`);
  document.title = byId("address-name").textContent;
  input.type = "tel";
  input.autocomplete = "tel";
  byId("address-later").hidden = byId("address-later-still").hidden = true;
}

/** Whose place is taken by what, where it is a number that is asked for. */
const words = {
  "address-name": "phone", "address-title-text": "phone_please", "address-why": "phone_why", "new-address-label": "phone_other",
  "new-address-hint": "phone_other_hint", "address-done-text": "phone_done",
};

/** The page has nothing to ask, or may not: what is left is the way on. */
function over(sentence) {
  byId("address-card").hidden = true;
  byId("address-skip").hidden = false;
  tell("address-error", sentence);
  byId("address-error").focus();
}

function wrong(sentence) {
  tell("new-address-error", sentence);
  input.setAttribute("aria-invalid", "true");
  input.focus();
}

function refused(error) {
  switch (error.code) {
    case "fields_refused":
      return wrong(say(phone ? "addr_js.phone_form" : "addr_js.form"));
    case "rate_limited":
      return wrong(say("addr_js.wait", { time: moment(error.details?.until ?? Date.now()) }));
    case "code_gone":
      return wrong(say("addr_js.over"));
    case "address_known":
      return wrong(say(phone ? "addr_js.phone_known" : "addr_js.known"));
    case "insufficient_user_authentication":
      if (!phone && !("address" in given())) return over(say("addr_js.risky"));
      byId("address-on").href = `/confirm?return=${encodeURIComponent(location.pathname + location.search)}`;
      byId("address-on").textContent = say("addr_js.prove");
      return over(say(phone ? "addr_js.phone_fresh" : "addr_js.fresh"));
    default:
      return over(explain(error));
  }
}

const showCode = codeForm({
  enter: async (code) => {
    await confirmAddress({ code });
    byId("address-card").hidden = true;
    byId("address-done").hidden = false;
    byId("address-done-title").focus();
  },
  resend: () => beginAddress(given()),
  way: phone ? "sms" : undefined,
});

let busy = false;
const once = (act) => async (event) => {
  event.preventDefault();
  if (busy) return;
  busy = true;
  try {
    await act();
  } catch (error) {
    refused(error);
  } finally {
    busy = false;
  }
};

byId("address-form").addEventListener("submit", once(async () => {
  tell("new-address-error", null);
  input.removeAttribute("aria-invalid");
  const sent = await beginAddress(given());
  byId("address-offer").hidden = true;
  byId("address-code").hidden = false;
  showCode(sent);
}));

const later = once(async () => {
  await putOffAddress();
  location.replace(back());
});
byId("address-later").addEventListener("click", later);
byId("address-later-still").addEventListener("click", later);

for (const link of ["address-next", "address-on"]) byId(link).href = back();
try {
  const me = await ask("/.sekisho/me");
  if ((phone ? !me.sms : me.address_verified) || !me.masked) {
    location.replace(back());
  } else {
    if (phone) forPhone();
    byId("address-state").hidden = phone && me.verified_phone !== null;
    const now = phone && me.verified_phone ? ["addr_js.phone_now", me.verified_phone] : phone ? ["addr_js.phone_on_file", me.masked.phone] : ["addr_js.on_file", me.masked.mail];
    byId("address-now").textContent = say(now[0], { masked: now[1] });
    byId("address-card").hidden = false;
    byId("address-title").focus();
  }
} catch (error) {
  over(explain(error));
}
