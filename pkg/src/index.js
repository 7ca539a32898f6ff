// The package's face: the functions beside the elements.

import { SekishoError, answered } from "./error.js";
import { changing, field, opening, signingIn } from "./forms.js";
import { initAsync, wasm } from "./loader.js";
import { Board, need, PasswordRules, SessionWatch } from "./own.js";
import * as plain from "./plain.js";

export { Board, PasswordRules, SekishoError, SessionWatch, initAsync };

// Everything that also works where wasm does not run; everything else needs it, and says so with a code.
const side = () => wasm() ?? plain;

// The fields are looked at only once it is sure that something can be done with them.
const send = (path, fields, options) => {
  const there = side();
  const [names, values] = fields();
  return answered(there.send(path, names, values, options?.signal));
};
const nothing = () => [[], []];

export const signIn = async (source, options) => send("/.sekisho/login", () => signingIn(source), options);

const pairs = (fields) => () => [Object.keys(fields), Object.values(fields)];

export const enterCode = async ({ pending, code, return: back }, options) =>
  send("/.sekisho/login/code", pairs({ pending, code, ...(back && { return: back }) }), options);

export const resendCode = async ({ pending, by }, options) =>
  send("/.sekisho/login/code/resend", pairs({ pending, ...(by && { by }) }), options);

export const beginAddress = async ({ address, kind, ...options } = {}) =>
  send("/.sekisho/address/begin", pairs({ ...(address !== undefined && { address }), ...(kind && { kind }) }), options);

export const confirmAddress = async ({ code }, options) =>
  void (await send("/.sekisho/address/confirm", pairs({ code }), options));

export const putOffAddress = async (options) => void (await send("/.sekisho/address/later", pairs({}), options));

export const removeNumber = async (options) => void (await send("/.sekisho/address/remove", pairs({}), options));

export const stopAddress = async ({ id, number }, options) =>
  void (await send("/.sekisho/address/stop", pairs({ id, number }), options));

export const openAccount = async (source, options) => send("/.sekisho/open", () => opening(source), options);

export const changePassword = async (source, options) =>
  send("/.sekisho/password/change", () => changing(source), options);

export const samePassword = (one, other) => side().same(field(one), field(other));

export const checkPassword = (source, options) => need().check_password(field(source), options?.person);

export const signOut = async () => {
  await send("/.sekisho/logout", nothing);
  wasm()?.signed_out();
};

export const lockAccount = async () => {
  await send("/.sekisho/lock", nothing);
  wasm()?.signed_out();
};

export const session = async () => answered(side().session());

export const extendSession = async () => send("/.sekisho/session/extend", nothing);

export const observeSession = (response) => void wasm()?.observe(response);

export const passkeySupport = async () =>
  wasm()?.passkey_support() ?? { available: false, autofill: false, platform: false, capabilities: {} };

// A browser that does not know a way of asking would ask in another: with a prompt, unbidden.
const capable = async (what) => {
  const { capabilities } = await need().passkey_support();
  if (!capabilities[what]) throw new SekishoError({ code: "passkey_unsupported", status: 0 });
};

export const signInWithPasskey = async ({ id, return: back, immediate = false, signal } = {}) => {
  if (immediate) await capable("immediateGet");
  return answered(need().sign_in_with_passkey(id, back, immediate, signal));
};

export const registerPasskey = async (options) => answered(need().register_passkey(options?.name, options?.signal));

export const upgradeToPasskey = async (options) => {
  await capable("conditionalCreate");
  return answered(need().upgrade_to_passkey(options?.signal));
};

// The larger module has the list.
const managing = () => {
  const there = need();
  if (there.list_passkeys) return there;
  throw new SekishoError({ code: "not_ready", status: 0, document: { title: "initAsync({ rules: true }) loads the list." } });
};

export const passkeys = async () => answered(managing().list_passkeys());

export const renamePasskey = async ({ id, name }) => void (await send("/.sekisho/passkeys/rename", pairs({ id, name })));

export const deletePasskey = async ({ id, confirmed = false }, options) =>
  answered(managing().delete_passkey(id, confirmed, document.documentElement.lang, options?.signal));

export const confirmWithPasskey = async (options) => answered(need().confirm_with_passkey(options?.signal));
