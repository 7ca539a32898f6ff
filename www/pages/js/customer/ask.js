// The page to which a login leads while no mail address is confirmed: an address, the code that came to it, or "not now"; then on
// to where the login was to lead.

import { codeForm } from "../code.js";
import { ask, beginAddress, confirmAddress, explain, putOffAddress } from "../sekisho.js";
import { byId, moment, say, tell } from "../words.js";
import { back } from "./back.js";

const input = byId("new-address");
const given = () => (input.value.trim() === "" ? {} : { address: input.value });

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
      return wrong(say("addr_js.form"));
    case "rate_limited":
      return wrong(say("addr_js.wait", { time: moment(error.details?.until ?? Date.now()) }));
    case "code_gone":
      return wrong(say("addr_js.over"));
    case "insufficient_user_authentication":
      return over(say("addr_js.risky"));
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
  if (me.address_verified || !me.masked) {
    location.replace(back());
  } else {
    byId("address-now").textContent = say("addr_js.on_file", { masked: me.masked.mail });
    byId("address-card").hidden = false;
    byId("address-title").focus();
  }
} catch (error) {
  over(explain(error));
}
