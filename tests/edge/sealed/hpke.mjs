// HPKE (RFC 9180) in base mode with X25519, HKDF-SHA256 and ChaCha20-Poly1305, over Node's own primitives, and the form of
// a sealed password: a second pair of eyes on what the package seals and the edge opens.

import { createCipheriv, createDecipheriv, createHmac, createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync } from "node:crypto";

const PADDED = 514;
const INFO = Buffer.from("sekisho sealed password 1");
const KEM = Buffer.from([...Buffer.from("KEM"), 0x00, 0x20]);
const SUITE = Buffer.from([...Buffer.from("HPKE"), 0x00, 0x20, 0x00, 0x01, 0x00, 0x03]);
const nothing = Buffer.alloc(0);

const hmac = (key, ...parts) => parts.reduce((mac, part) => mac.update(part), createHmac("sha256", key)).digest();

/** LabeledExtract (§4). */
const extract = (suite, salt, label, key) => hmac(salt, "HPKE-v1", suite, label, key);

/** LabeledExpand (§4); one block of the hash is as long as anything asked for. */
const expand = (suite, key, label, info, length) =>
  hmac(key, Buffer.from([0, length]), "HPKE-v1", suite, label, info, Buffer.from([1])).subarray(0, length);

const publicOf = (raw) => createPublicKey({ format: "jwk", key: { kty: "OKP", crv: "X25519", x: raw.toString("base64url") } });
const rawOf = (key) => Buffer.from(key.export({ format: "jwk" }).x, "base64url");

/** PKCS #8 around the 32 bytes, since a JWK would have to know the public half. */
const privateOf = (raw) =>
  createPrivateKey({ format: "der", type: "pkcs8", key: Buffer.concat([Buffer.from("302e020100300506032b656e04220420", "hex"), raw]) });

/** Key and nonce of the first message (§4.1, §5.1). */
function schedule(shared, encapsulated, recipient, info) {
  const prk = extract(KEM, nothing, "eae_prk", shared);
  const secret = expand(KEM, prk, "shared_secret", Buffer.concat([encapsulated, recipient]), 32);
  const hashed = ["psk_id_hash", "info_hash"].map((label, at) => extract(SUITE, nothing, label, [nothing, info][at]));
  const context = Buffer.concat([Buffer.from([0]), ...hashed]);
  const root = extract(SUITE, secret, "secret", nothing);
  return [expand(SUITE, root, "key", context, 32), expand(SUITE, root, "base_nonce", context, 12)];
}

/** SealBase: the encapsulated key, the ciphertext, the tag. */
function sealBase(recipient, info, aad, text) {
  const { privateKey, publicKey } = generateKeyPairSync("x25519");
  const encapsulated = rawOf(publicKey);
  const shared = diffieHellman({ privateKey, publicKey: publicOf(recipient) });
  const cipher = createCipheriv("chacha20-poly1305", ...schedule(shared, encapsulated, recipient, info), { authTagLength: 16 });
  cipher.setAAD(aad);
  return Buffer.concat([encapsulated, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

/**
 * OpenBase.
 *
 * @param {Buffer} secret the private key, 32 bytes
 * @param {Buffer} info
 * @param {Buffer} aad
 * @param {Buffer} sealed the encapsulated key, the ciphertext, the tag
 * @returns {Buffer} the text; throws where it does not open
 */
export function openBase(secret, info, aad, sealed) {
  const privateKey = privateOf(secret);
  const encapsulated = sealed.subarray(0, 32);
  const shared = diffieHellman({ privateKey, publicKey: publicOf(encapsulated) });
  const parts = schedule(shared, encapsulated, rawOf(privateKey), info);
  const decipher = createDecipheriv("chacha20-poly1305", ...parts, { authTagLength: 16 });
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(32, -16)), decipher.final()]);
}

/** What a password is bound to. */
const bound = ({ attempt, path, id = "", field = "password" }) =>
  Buffer.concat(
    [attempt, path, id, field].flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(Buffer.byteLength(part));
      return [length, Buffer.from(part)];
    }),
  );

/**
 * `text` sealed to `key` (hex) for its place, in hex.
 *
 * @param {string} text
 * @param {string} key
 * @param {{attempt: string, path: string, id?: string, field?: string}} place
 */
export function seal(text, key, place) {
  const padded = Buffer.alloc(PADDED);
  padded.writeUInt16BE(padded.write(text, 2));
  return sealBase(Buffer.from(key, "hex"), INFO, bound(place), padded).toString("hex");
}

/**
 * The text of what was `sealed` (hex), opened with the private key of `SEKISHO_SEAL_KEYS`, one generation.
 *
 * @param {string} keys
 * @param {string} sealed
 * @param {{attempt: string, path: string, id?: string, field?: string}} place
 */
export function unseal(keys, sealed, place) {
  const secret = Buffer.from(keys.split(":")[1], "base64url");
  const padded = openBase(secret, INFO, bound(place), Buffer.from(sealed, "hex"));
  return padded.subarray(2, 2 + padded.readUInt16BE()).toString();
}

/** A key pair of one's own: the private half as in `SEKISHO_SEAL_KEYS`, the public one in hex. */
export function keyPair() {
  const { privateKey } = generateKeyPairSync("x25519");
  return { keys: `1:${privateKey.export({ format: "jwk" }).d}`, key: rawOf(privateKey).toString("hex") };
}

/** A login with a sealed password, as the package sends it. */
export async function sealedLogin(visitor, id, password) {
  const { attempt, key } = (await visitor.post("/.sekisho/attempt", {})).json;
  return { id, password: seal(password, key, { attempt, path: "/.sekisho/login", id }), attempt };
}
