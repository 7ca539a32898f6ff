// A software authenticator: one credential, attestation `none`, in any of the three algorithms that the site offers.

import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";

const sha256 = (bytes) => createHash("sha256").update(bytes).digest();
const base64url = (bytes) => Buffer.from(bytes).toString("base64url");

/** A CBOR head: major type and argument (RFC 8949 §3). */
function head(major, value) {
  if (value < 24) return Buffer.from([(major << 5) | value]);
  if (value < 256) return Buffer.from([(major << 5) | 24, value]);
  return Buffer.from([(major << 5) | 25, value >> 8, value & 255]);
}

/** CBOR of whole numbers, byte strings, texts and maps, keys in the order given. */
function cbor(value) {
  if (typeof value === "number") return value < 0 ? head(1, -1 - value) : head(0, value);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  if (typeof value === "string") return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, item]) => [cbor(key), cbor(item)])]);
}

const bytes = (text) => Buffer.from(text, "base64url");

/** The algorithms by name: how a pair is made, its COSE key (RFC 9053), how it signs. */
const ALGORITHMS = {
  ES256: {
    pair: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
    cose: ({ x, y }) => new Map([[1, 2], [3, -7], [-1, 1], [-2, bytes(x)], [-3, bytes(y)]]),
    digest: "sha256",
  },
  EdDSA: {
    pair: () => generateKeyPairSync("ed25519"),
    cose: ({ x }) => new Map([[1, 1], [3, -8], [-1, 6], [-2, bytes(x)]]),
    digest: null,
  },
  RS256: {
    pair: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
    cose: ({ n, e }) => new Map([[1, 3], [3, -257], [-1, bytes(n)], [-2, bytes(e)]]),
    digest: "sha256",
  },
};

/** One authenticator with one passkey. */
export class Authenticator {
  /**
   * @param {string} origin the origin that the browser would write into the client data
   * @param {"ES256" | "EdDSA" | "RS256"} algorithm the credential's
   */
  constructor(origin, algorithm = "ES256") {
    this.origin = origin;
    this.algorithm = ALGORITHMS[algorithm];
    this.pair = this.algorithm.pair();
    this.id = randomBytes(32);
    this.count = 0;
    this.userHandle = undefined;
    this.flags = 0x05; // user present, user verified
    this.aaguid = Buffer.alloc(16);
  }

  #clientData(type, challenge) {
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.origin, crossOrigin: false }));
  }

  #data(rpId, flags) {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(this.count);
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), count]);
  }

  #credential(response) {
    const id = base64url(this.id);
    return {
      id, rawId: id, type: "public-key", authenticatorAttachment: "platform", clientExtensionResults: {}, response,
    };
  }

  /** The answer to `PublicKeyCredentialCreationOptionsJSON`. */
  register(options) {
    this.userHandle = options.user.id;
    const cose = cbor(this.algorithm.cose(this.pair.publicKey.export({ format: "jwk" })));
    const length = Buffer.from([0, this.id.length]);
    const data = Buffer.concat([this.#data(options.rp.id, this.flags | 0x40), this.aaguid, length, this.id, cose]);
    const attestation = cbor(new Map([["fmt", "none"], ["attStmt", new Map()], ["authData", data]]));
    return this.#credential({
      clientDataJSON: base64url(this.#clientData("webauthn.create", options.challenge)),
      attestationObject: base64url(attestation),
      transports: ["internal"],
    });
  }

  /** The answer to `PublicKeyCredentialRequestOptionsJSON`. */
  authenticate(options) {
    this.count += 1;
    const client = this.#clientData("webauthn.get", options.challenge);
    const data = this.#data(options.rpId, this.flags);
    const signature = sign(this.algorithm.digest, Buffer.concat([data, sha256(client)]), this.pair.privateKey);
    return this.#credential({
      clientDataJSON: base64url(client),
      authenticatorData: base64url(data),
      signature: base64url(signature),
      userHandle: this.userHandle,
    });
  }
}
