// The ceremonies as a page runs them: begin, the authenticator, finish.

import assert from "node:assert/strict";
import { Visitor } from "../visitor.mjs";

/** Registers `authenticator` for a visitor who is logged in; answers the finish. */
export async function register(visitor, authenticator, { name, conditional } = {}) {
  const begun = await visitor.post("/.sekisho/passkey/register/begin", conditional ? { conditional } : {});
  assert.equal(begun.status, 200, begun.text);
  const credential = authenticator.register(begun.json.publicKey);
  return visitor.post("/.sekisho/passkey/register/finish", { credential, ...(name && { name }) });
}

/** Logs a new visitor of `url` in; `change` spoils the credential, `id` is a login id, `cookie` of a session that it has already. */
export async function signIn(url, authenticator, { change = (credential) => credential, id, cookie } = {}) {
  const visitor = Object.assign(new Visitor(url), { cookie });
  const named = id === undefined ? {} : { id };
  const begun = await visitor.post("/.sekisho/passkey/login/begin", named);
  assert.equal(begun.status, 200, begun.text);
  const credential = change(authenticator.authenticate(begun.json.publicKey));
  return { visitor, credential, answer: await visitor.post("/.sekisho/passkey/login/finish", { credential, ...named }) };
}
