// The card of the verified mail address in the settings: what it is now, another in its place, the code that confirms it.

import { codeForm } from "../code.js";
import { beginAddress, confirmAddress, explain, removeNumber } from "../sekisho.js";
import { byId, moment, say, tell } from "../words.js";

/**
 * Brings the card to life.
 *
 * @param {() => void} fresh shows how to prove anew who one is
 * @param {() => Promise<void>} again asks the edge again who this is
 * @returns {(me: object) => void} shows how the address stands
 */
export function addressCard(fresh, again) {
  const input = byId("new-address");

  const wrong = (sentence) => {
    tell("new-address-error", sentence);
    input.setAttribute("aria-invalid", "true");
    input.focus();
  };

  const over = () => {
    byId("address-code").hidden = true;
    byId("address-offer").hidden = false;
  };

  const showCode = codeForm({
    enter: async (code) => {
      await confirmAddress({ code });
      over();
      input.value = "";
      await again();
      tell("address-done", say("addr_js.changed"));
      byId("address-done").focus();
    },
    resend: () => beginAddress({ address: input.value }),
  });

  const refused = (error) => {
    switch (error.code) {
      case "fields_refused":
        return wrong(say("addr_js.form"));
      case "address_known":
        return wrong(say("addr_js.known"));
      case "code_gone":
        return wrong(say("addr_js.over"));
      case "rate_limited":
        return wrong(say("addr_js.wait", { time: moment(error.details?.until ?? Date.now()) }));
      case "insufficient_user_authentication":
        return fresh();
      default:
        return wrong(explain(error));
    }
  };

  let busy = false;
  byId("address-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    tell("new-address-error", null);
    tell("address-done", null);
    input.removeAttribute("aria-invalid");
    if (input.value.trim() === "") return wrong(say("addr_js.need"));
    busy = true;
    try {
      const sent = await beginAddress({ address: input.value });
      byId("address-offer").hidden = true;
      byId("address-code").hidden = false;
      showCode(sent);
    } catch (error) {
      refused(error);
    } finally {
      busy = false;
    }
  });

  byId("phone-remove").addEventListener("click", async () => {
    if (busy) return;
    tell("new-address-error", null);
    tell("address-done", null);
    busy = true;
    try {
      await removeNumber();
      await again();
      tell("address-done", say("addr_js.phone_removed"));
      byId("address-done").focus();
    } catch (error) {
      if (error.code === "insufficient_user_authentication") fresh();
      else tell("new-address-error", explain(error));
    } finally {
      busy = false;
    }
  });

  return ({ address_verified: verified, verified_address: now, masked, sms, verified_phone: phone }) => {
    byId("phone-row").hidden = !(sms && verified);
    tell("phone-now", phone ? say("addr_js.phone_now", { masked: phone }) : null);
    byId("phone-remove").hidden = !phone;
    byId("address-state").textContent = say(verified ? "addr_js.verified" : "addr_js.unverified");
    byId("go-address-row").hidden = verified || !masked;
    tell("address-now", now ? say("addr_js.now", { masked: now }) : null);
  };
}
