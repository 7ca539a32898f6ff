// The endpoints of edge/openapi.json to which the package speaks, answered from the state.

import { base64url, order, random, refuse } from "./state.js";

const PERSON = ["family", "given", "family_kana", "given_kana", "birthday", "postal", "address", "phone", "mail", "lang"];

/** The body of a request, held to the fields that its endpoint takes. */
export const read = (text, { needs = [], takes = [] }) => {
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    refuse("malformed");
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) refuse("malformed");
  const known = [...needs, ...takes];
  const kind = (name) => ({ credential: "object", conditional: "boolean" })[name] ?? "string";
  const fits = Object.entries(body).every(([name, value]) => known.includes(name) && typeof value === kind(name));
  return fits && needs.every((name) => name in body) ? body : refuse("malformed");
};

const request = (edge, ids) => ({
  publicKey: {
    challenge: edge.challenged(),
    timeout: 300_000,
    rpId: edge.options.rp_id,
    allowCredentials: ids.map((id) => ({ type: "public-key", id })),
    userVerification: "required",
  },
});
const told = (answer) => (edge, body) => ({ body: answer(edge, body) });
const get = (answer) => ({ method: "GET", answer: told(answer) });
const post = (fields, answer, status) => ({ method: "POST", ...fields, answer: told(answer), status });

/** The endpoints: method, the fields that the body must and may have, and the answer. */
export const ROUTES = {
  "/.sekisho/site": get((edge) => {
    const { rp_id, second_factor, session, site, origin } = edge.options;
    return {
      broker: { name: "関所証券", name_en: "Sekisho Securities", phone: "0120-000-000", hours: "平日 8:00〜17:00", domain: rp_id },
      origin: origin ?? globalThis.location?.origin ?? `https://${rp_id}`,
      passkey: { rp_id, rp_name: "関所証券", policy: "optional" },
      second_factor: second_factor === "off" ? "off" : "always",
      password_profile: "jp-broker",
      password_rules: { min_length: 10, max_length: 16, min_kinds: 3, symbols: "@#$%^&*_+-=:,.", refuse: [] },
      session: order(session),
      ...site,
    };
  }),
  "/.sekisho/attempt": post({}, (edge) => edge.attempt()),
  "/.sekisho/open": post({ needs: [...PERSON, "password"], takes: ["attempt"] }, (edge, body) => {
    edge.spend(body, [body.password]);
    return { account_number: "10000008", receipt: "ABCD-EFGH-JKLM" };
  }, 201),
  "/.sekisho/login": {
    method: "POST",
    needs: ["id", "password"],
    takes: ["return", "attempt", "zone", "language"],
    answer(edge, body) {
      edge.spend(body, [body.password]);
      if (edge.options.second_factor === "off") return { body: edge.signedIn(["pwd"], body.return) };
      return { status: 202, body: edge.pend(body.return) };
    },
  },
  "/.sekisho/login/code": post({ needs: ["pending", "code"], takes: ["return"] }, (edge, { pending, code, return: back }) => {
    const holder = edge.pending(pending);
    edge.code(code, holder);
    return edge.signedIn(["pwd", "otp"], back ?? holder.back);
  }),
  "/.sekisho/login/code/resend": post({ needs: ["pending"], takes: ["by"] }, (edge, { pending, by }) => {
    if (![undefined, "mail", "sms"].includes(by)) refuse("malformed");
    edge.pending(pending);
    // No number is on file here.
    if (by === "sms") refuse("code_gone");
    return edge.sentForLogin();
  }),
  "/.sekisho/address/begin": post({ takes: ["address", "kind"] }, (edge) => {
    edge.live();
    return edge.sent();
  }),
  "/.sekisho/address/confirm": post({ needs: ["code"] }, (edge, { code }) => {
    edge.code(code, edge.live());
    return {};
  }),
  "/.sekisho/address/later": post({}, (edge) => {
    edge.live();
    return {};
  }),
  "/.sekisho/address/remove": post({}, (edge) => {
    edge.live();
    return {};
  }),
  "/.sekisho/address/stop": post({ needs: ["id", "number"] }, (edge, { number }) => {
    if (number !== edge.options.stop_number) refuse("stop_unknown");
    edge.end();
    return {};
  }),
  "/.sekisho/lock": post({}, (edge) => {
    edge.live();
    edge.end();
    return {};
  }),
  "/.sekisho/password/change": post({ needs: ["password"], takes: ["current", "attempt"] }, (edge, body) => {
    edge.live();
    edge.spend(body, [body.current, body.password]);
    return edge.state();
  }),
  "/.sekisho/logout": post({}, (edge) => {
    edge.end();
    return {};
  }),
  "/.sekisho/session": get((edge) => edge.state()),
  "/.sekisho/session/extend": post({}, (edge) => {
    edge.extend();
    return edge.state();
  }),
  "/.sekisho/passkey/login/begin": post({ takes: ["id"] }, (edge, { id }) => {
    return request(edge, id === undefined ? [] : edge.passkeys.map((one) => one.id));
  }),
  "/.sekisho/passkey/login/finish": post({ needs: ["credential"], takes: ["id", "return"] }, (edge, { credential, return: back }) => {
    edge.passkey(edge.credential(credential)).last_used = edge.options.now();
    return edge.signedIn(["hwk", "user"], back);
  }),
  "/.sekisho/passkey/register/begin": post({ takes: ["conditional"] }, (edge) => {
    edge.live();
    const { rp_id } = edge.options;
    return {
      publicKey: {
        rp: { id: rp_id, name: "関所証券" },
        user: { id: base64url(random(32)), name: "10000008", displayName: "山田 花子" },
        challenge: edge.challenged(),
        pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: "public-key", alg })),
        timeout: 300_000,
        excludeCredentials: edge.passkeys.map(({ id }) => ({ type: "public-key", id })),
        authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
        attestation: "none",
      },
    };
  }),
  "/.sekisho/passkey/register/finish": post({ needs: ["credential"], takes: ["name"] }, (edge, { credential, name }) => {
    edge.live();
    const id = edge.credential(credential);
    const made = { id, name: name ?? "パスキー", created: edge.options.now(), last_used: null, synced: false, icon: null };
    edge.passkeys.push(made);
    return made;
  }, 201),
  ...Object.fromEntries(["step-up", "confirm"].flatMap((what) => [
    [`/.sekisho/passkey/${what}/begin`, post(what === "confirm" ? { needs: ["operation", "id"] } : {}, (edge, { id }) => {
      edge.live();
      const keys = edge.passkeys;
      if (keys.length === 0) refuse("passkey_unknown");
      if (id !== undefined) edge.leaving = edge.passkey(id).id;
      return { ...request(edge, keys.map((one) => one.id)), ...(what === "confirm" && { text: "パスキーの削除" }) };
    })],
    [`/.sekisho/passkey/${what}/finish`, post({ needs: ["credential"] }, (edge, { credential }) => {
      edge.live();
      edge.credential(credential);
      if (what === "confirm") {
        edge.drop(edge.leaving);
        return {};
      }
      edge.proved(["hwk", "user"]);
      return edge.state();
    })],
  ])),
  "/.sekisho/passkeys": get((edge) => {
    edge.live();
    const user = { id: base64url(random(32)), name: "10000008", display_name: "山田 花子" };
    return { passkeys: edge.passkeys, rp_id: edge.options.rp_id, user };
  }),
  "/.sekisho/passkeys/rename": post({ needs: ["id", "name"] }, (edge, { id, name }) => {
    edge.live();
    edge.passkey(id).name = name;
    return {};
  }),
  "/.sekisho/passkeys/delete": post({ needs: ["id"] }, (edge, { id }) => {
    edge.live();
    edge.drop(id);
    return {};
  }),
};
