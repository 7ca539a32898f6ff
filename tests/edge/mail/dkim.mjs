// A verifier of DKIM signatures (RFC 6376, RFC 8463), written from the RFCs alone: relaxed/relaxed, rsa-sha256, ed25519-sha256.

import { createHash, verify } from "node:crypto";

const sha256 = (text) => createHash("sha256").update(text, "latin1").digest();

/** RFC 6376 §3.4.2. */
function relaxedHeader(field) {
  const colon = field.indexOf(":");
  const value = field.slice(colon + 1).replace(/\r\n/g, "").replace(/[ \t]+/g, " ").trim();
  return `${field.slice(0, colon).trim().toLowerCase()}:${value}`;
}

/** RFC 6376 §3.4.4. */
function relaxedBody(body) {
  const lines = body.split("\r\n").map((line) => line.replace(/[ \t]+/g, " ").replace(/ $/, ""));
  while (lines.at(-1) === "") lines.pop();
  return lines.length === 0 ? "" : `${lines.join("\r\n")}\r\n`;
}

/**
 * Whether a message's one signature is good.
 *
 * @param {string} message the message, a byte a character
 * @param {import("node:crypto").KeyObject} key the public key that the DNS would hold
 * @returns {{d: string, s: string, good: boolean}} whose signature it says it is, and whether it is
 */
export function dkim(message, key) {
  const end = message.indexOf("\r\n\r\n");
  const fields = message.slice(0, end).split(/\r\n(?![ \t])/);
  const signature = fields.find((field) => /^dkim-signature:/i.test(field));
  const tags = Object.fromEntries(
    relaxedHeader(signature).slice("dkim-signature:".length).split(";").map((tag) => {
      const [, name, value] = tag.match(/^\s*(\w+)\s*=\s*(.*?)\s*$/);
      return [name, value];
    }),
  );
  const left = fields.filter((field) => field !== signature);
  // From the last on, each header once for each time that it is named (§5.4.2).
  const signed = tags.h.split(":").map((name) => {
    const at = left.findLastIndex((field) => field.slice(0, field.indexOf(":")).trim().toLowerCase() === name.trim().toLowerCase());
    return at < 0 ? "" : `${relaxedHeader(left.splice(at, 1)[0])}\r\n`;
  });
  const data = signed.join("") + relaxedHeader(signature).replace(/(;\s*b=)[^;]*/, "$1");
  const bytes = Buffer.from(tags.b.replace(/\s/g, ""), "base64");
  const body = sha256(relaxedBody(message.slice(end + 4))).toString("base64") === tags.bh.replace(/\s/g, "");
  const names = { "rsa-sha256": "rsa", "ed25519-sha256": "ed25519" };
  const kind = key.asymmetricKeyType === names[tags.a];
  const good =
    tags.a === "rsa-sha256" ? verify("sha256", Buffer.from(data, "latin1"), key, bytes) : verify(null, sha256(data), key, bytes);
  return { d: tags.d, s: tags.s, good: good && body && kind && tags.v === "1" };
}
