// Cookies and statements that are not ours, or are ours in another place: ten thousand mutations of each, and every kind
// of token offered as every other kind.

import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { after, before, test } from "node:test";
import { startStack } from "../../tools/stack.mjs";
import { send } from "../../edge/visitor.mjs";
import { random } from "../../tools/house/random.mjs";
import { Gate, flood } from "./gate.mjs";

const MANY = 10_000;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

let gate, customer, other;
before(async () => {
  gate = await Gate.start();
  customer = await gate.customer();
  other = await gate.customer();
});
after(() => gate?.stop());

/** Bends `text` in one of the ways that a parser might forgive; never gives `text` or `donor` themselves. */
function* mutations(text, donor, count, seed) {
  const next = random(seed);
  const draw = (below) => Math.floor(next() * below);
  const at = () => draw(text.length);
  const ways = [
    () => flip(text, at(), draw),
    () => flip(flip(text, at(), draw), at(), draw),
    () => text.slice(0, at()),
    () => text.slice(1 + draw(text.length - 1)),
    () => text + LETTERS[draw(64)],
    () => `${text}${"=".repeat(1 + draw(3))}`,
    () => text.slice(0, at()) + donor.slice(at()),
    () => donor.slice(0, at()) + text.slice(at()),
    () => insert(text, at(), LETTERS[draw(64)]),
    () => insert(text, at(), ["%00", ".", " ", "+", "/", "=", '"', "\\", "%2e", "~", ":", "|"][draw(12)]),
    () => text.slice(0, draw(8)) + text.slice(8 + draw(text.length - 8)),
    () => [...text].reverse().join("").slice(draw(4)),
    () => Array.from({ length: 1 + draw(2 * text.length) }, () => LETTERS[draw(64)]).join(""),
    () => swapCase(text, at()),
  ];
  for (let made = 0; made < count; ) {
    const bent = ways[made % ways.length]();
    // An honest token is no attack, nor is one with a space around it, which every parser of headers takes off.
    if ([text, donor].includes(bent.trim())) {
      draw(2);
      continue;
    }
    made += 1;
    yield bent;
  }
}

const flip = (text, at, draw) => text.slice(0, at) + LETTERS[(LETTERS.indexOf(text[at]) + 1 + draw(63)) % 64] + text.slice(at + 1);
const insert = (text, at, more) => text.slice(0, at) + more + text.slice(at);
function swapCase(text, at) {
  const letter = text[at];
  const swapped = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
  return swapped === letter ? `${text}A` : text.slice(0, at) + swapped + text.slice(at + 1);
}

test("ten thousand mutated cookies open nothing", async () => {
  const seen = gate.origin.forwarded.length;
  const requests = [...mutations(customer.cookie, other.cookie, MANY, 1)].map((cookie) => ({
    path: "/home", headers: { cookie: `__Host-sekisho=${cookie}`, "sec-fetch-mode": "cors" }, cookie,
  }));
  let answered = 0;
  await flood(gate.url, requests, ({ status, cookies }, { cookie }) => {
    answered += 1;
    assert.equal(status, 401, cookie);
    assert.deepEqual(cookies, [], "a refusal sets no cookie");
  });
  assert.equal(answered, MANY);
  assert.equal(gate.origin.forwarded.length, seen, "one reached the origin");
  assert.equal((await customer.get("/home")).status, 200, "the cookie itself still opens");
});

test("a cookie planted beside the true one, before or behind it, opens nothing", async () => {
  const [mine, theirs] = [customer.cookie, other.cookie];
  for (const cookie of [
    `__Host-sekisho=${theirs}; __Host-sekisho=${mine}`, `__Host-sekisho=x; __Host-sekisho=${mine}`, `__Host-sekisho=${mine}; __Host-sekisho=${mine}`,
    `sekisho=${mine}`, `__host-sekisho=${mine}`, `__Host-sekisho =${mine} x`, `__Secure-sekisho=${mine}`, `__Host-sekisho="${mine}"`, `$Version=1; sekisho=${mine}`,
  ]) {
    const answer = await send(gate.url, { path: "/home", headers: { cookie, "sec-fetch-mode": "cors" } });
    assert.equal(answer.status, 401, cookie);
  }
});

test("a token of one kind is none of another", async () => {
  await customer.navigate("/home");
  const assertion = gate.origin.last.headers["sekisho-assertion"];
  const begun = await customer.post("/.sekisho/passkey/login/begin", {});
  const challenge = begun.json.publicKey.challenge;
  for (const token of [assertion, ...assertion.split("."), challenge, customer.receipt, `${customer.cookie}.${challenge}`]) {
    const answer = await send(gate.url, { path: "/home", headers: { cookie: `__Host-sekisho=${token}`, "sec-fetch-mode": "cors" } });
    assert.equal(answer.status, 401, token);
    const bearer = { authorization: `Bearer ${token}`, "sec-fetch-mode": "cors" };
    assert.equal((await send(gate.url, { path: "/home", headers: bearer })).status, 401, token);
  }
});

test("ten thousand mutated statements, and forged ones, are refused by the origin", async () => {
  const stack = await startStack({ seed: false });
  try {
    const seen = [];
    // The origin shows nobody its statements; the keys that sign them are at hand here, so one is made as the edge makes it.
    const [jwk] = JSON.parse(stack.secrets.SEKISHO_JWT_KEYS);
    const encode = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: stack.url, aud: "https://origin.example", iat: now, exp: now + 600, channel: "pc-main", sub: "12345678", sid: "s", amr: ["pwd"], auth_time: now };
    const head = { alg: "ES256", typ: "sekisho-assertion+jwt", kid: jwk.kid };
    const made = (header, body, key = jwk) => {
      const signed = `${encode(header)}.${encode(body)}`;
      const signature = sign("sha256", Buffer.from(signed), { key: { ...key, key_ops: undefined }, format: "jwk", dsaEncoding: "ieee-p1363" });
      return `${signed}.${signature.toString("base64url")}`;
    };
    const ask = (token, agent) => send(stack.origin, { path: "/home", headers: token === undefined ? {} : { "sekisho-assertion": token }, agent });
    const [good, donor] = [made(head, claims), made(head, { ...claims, sub: "87654321" })];
    const honest = await ask(good);
    assert.notEqual(honest.status, 401, "the statement that is bent below would itself pass");

    const requests = [...mutations(good, donor, MANY, 2)].map((token) => ({ path: "/home", headers: { "sekisho-assertion": token } }));
    await flood(stack.origin, requests, ({ status }, { headers }) => {
      seen.push(status);
      assert.equal(status, 401, headers["sekisho-assertion"]);
    });
    assert.equal(seen.length, MANY);

    const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });
    const none = `${encode({ ...head, alg: "none" })}.${encode(claims)}.`;
    const forged = [
      undefined, "", "..", none, made(head, claims, stranger), made({ ...head, alg: "none" }, claims), made({ ...head, alg: "HS256" }, claims),
      made({ ...head, typ: "JWT" }, claims), made({ ...head, typ: undefined }, claims), made({ ...head, kid: undefined }, claims), made({ ...head, kid: "other" }, claims),
      made({ ...head, crit: ["exp"] }, claims), made({ ...head, jwk: { ...jwk, d: undefined } }, claims), made({ ...head, jku: "https://look-alike.example/jwks" }, claims),
      made(head, { ...claims, aud: "https://other.example" }), made(head, { ...claims, aud: undefined }), made(head, { ...claims, iss: "https://look-alike.example" }),
      made(head, { ...claims, iss: undefined }), made(head, { ...claims, exp: now - 10 }), made(head, { ...claims, exp: undefined }), made(head, { ...claims, iat: now + 60 }),
      made(head, { ...claims, sub: "" }), made(head, "12345678"), `${good},${good}`, `${good} ${good}`, `Bearer ${good}`,
    ];
    for (const token of forged) assert.equal((await ask(token)).status, 401, String(token));
    const twice = await send(stack.origin, { path: "/home", headers: { "sekisho-assertion": [good, good] } });
    assert.equal(twice.status, 401, "two statements are none");
  } finally {
    await stack.stop();
  }
});
