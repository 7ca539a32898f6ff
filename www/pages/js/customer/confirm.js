// Where the edge sends a customer whose login is not sure or fresh enough for what they asked for, and from where they
// come back to it.

import { ask } from "../sekisho.js";
import { byId } from "../words.js";
import { back } from "./back.js";

const query = new URLSearchParams(location.search);

byId("login-again").href = `/login?return=${encodeURIComponent(back())}`;
document.addEventListener("sekisho-confirmed", () => location.replace(back()));

// A session used from elsewhere is told nothing before it is proved: both ways are then offered.
const passkeys = await ask("/.sekisho/me").then(
  (me) => me.passkeys,
  (error) => {
    if (error.code !== "insufficient_user_authentication") throw error;
  },
);
// Where nothing but a passkey will do, a customer without one needs one first; where a password is asked for, a passkey does not show
// it; else either is proof enough.
const need = query.get("need");
byId("by-passkey").hidden = passkeys === 0 || need === "login";
byId("no-passkey").hidden = passkeys !== 0 || need !== "passkey";
byId("or-login").hidden = need === "passkey";
