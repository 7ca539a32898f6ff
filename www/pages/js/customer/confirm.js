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
byId("by-passkey").hidden = passkeys === 0;
// Where nothing but a passkey will do, a customer without one needs one first; else another login is proof enough.
const only = query.get("need") === "passkey";
byId("no-passkey").hidden = passkeys !== 0 || !only;
byId("or-login").hidden = only;
