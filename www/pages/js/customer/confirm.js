// Where the edge sends a customer whose login is not sure or fresh enough for what they asked for, and from where they
// come back to it.

import { ask } from "../sekisho.js";
import { byId } from "../words.js";
import { back } from "./back.js";

const query = new URLSearchParams(location.search);

const returning = `?return=${encodeURIComponent(back())}`;
byId("login-again").href = `/login${returning}`;
byId("to-settings").href = `/settings${returning}`;
byId("to-address").href = `/address${returning}`;
document.addEventListener("sekisho-confirmed", () => location.replace(back()));

// A session used from elsewhere is told nothing before it is proved: both ways are then offered.
const unproved = (error) => {
  if (error.code !== "insufficient_user_authentication") throw error;
};
const me = await ask("/.sekisho/me").catch(unproved);
// Where nothing but a passkey will do, a customer without one needs one first; where a password or a code is asked for, a passkey does
// not show it, nor does a login of whoever has no confirmed address or no passwords: it would lead back here for ever. Where both are
// asked for, the login comes first and the passkey within it. Else either is proof enough.
const need = query.get("need");
const both = need === "both";
const shown = both ? (await ask("/.sekisho/session").catch(unproved))?.amr : undefined;
const byLogin = need === "login" || need === "code" || (both && shown?.includes("pwd") === false);
const byPasskey = need === "passkey" || (both && (me?.passkeys === 0 || shown?.includes("hwk") === false));
const closed = byLogin && me?.passkey_only === true;
const unsent = need === "code" && !closed && me?.address_verified === false;
byId("by-passkey").hidden = me?.passkeys === 0 || byLogin;
byId("no-passkey").hidden = me?.passkeys !== 0 || !byPasskey;
byId("no-password").hidden = !closed;
byId("no-address").hidden = !unsent;
byId("or-login").hidden = (byPasskey && !byLogin) || closed || unsent;
