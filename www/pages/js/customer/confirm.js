// Where the edge sends a customer whose login is not sure or fresh enough for what they asked for, and from where they
// come back to it.

import { ask } from "../sekisho.js";
import { byId } from "../words.js";
import { back } from "./back.js";

const query = new URLSearchParams(location.search);

byId("login-again").href = `/login?return=${encodeURIComponent(back())}`;
document.addEventListener("sekisho-confirmed", () => location.replace(back()));

// A session used from elsewhere is told nothing before it is proved: both ways are then offered.
const me = await ask("/.sekisho/me").catch((error) => {
  if (error.code !== "insufficient_user_authentication") throw error;
});
// Where nothing but a passkey will do, a customer without one needs one first; where a password or a code is asked for, a passkey does
// not show it, nor does a login of whoever has no confirmed address or no passwords: it would lead back here for ever. Else either is
// proof enough.
const need = query.get("need");
const byLogin = need === "login" || need === "code";
const closed = byLogin && me?.passkey_only === true;
const unsent = need === "code" && !closed && me?.address_verified === false;
byId("to-address").href = `/address?return=${encodeURIComponent(back())}`;
byId("by-passkey").hidden = me?.passkeys === 0 || byLogin;
byId("no-passkey").hidden = me?.passkeys !== 0 || need !== "passkey";
byId("no-password").hidden = !closed;
byId("no-address").hidden = !unsent;
byId("or-login").hidden = need === "passkey" || closed || unsent;
