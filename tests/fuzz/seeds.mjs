// What the fuzzer starts from: the files of seeds/, the parts of our own signed passkey vectors, and what earlier runs kept.
//
// kept/<target>.txt has one input a line, base64; `make fuzz` writes the smallest set that covers as much as it did.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const vectors = join(here, "../vectors/passkeys/faults.json");
/** Longer inputs slow every later run and are not kept. */
const LONGEST = 512;

const bytes = (text) => (typeof text === "string" ? [Buffer.from(text, "base64url")] : []);

/** The COSE key inside an attestation object, by the fixed layout before it. */
function key(object) {
  const at = object.indexOf("authData");
  if (at < 0) return [];
  const data = object.subarray(at + 8 + (object[at + 8] === 0x59 ? 3 : 2));
  if (data.length < 55) return [];
  return [data.subarray(55 + data.readUInt16BE(53))];
}

function data(object) {
  const at = object.indexOf("authData");
  return at < 0 ? [] : [object.subarray(at + 8 + (object[at + 8] === 0x59 ? 3 : 2))];
}

const part = {
  attestation_object: ({ attestationObject }) => bytes(attestationObject),
  authenticator_data: ({ attestationObject, authenticatorData }) => [...bytes(authenticatorData), ...bytes(attestationObject).flatMap(data)],
  client_data: ({ clientDataJSON }) => bytes(clientDataJSON),
  cose: ({ attestationObject }) => bytes(attestationObject).flatMap(key),
  response: ({ signature }, whole) => [Buffer.from(whole), ...bytes(signature)],
};

function fromVectors(target) {
  if (!(target in part)) return [];
  return JSON.parse(readFileSync(vectors, "utf8")).cases.flatMap(({ response }) => {
    const whole = typeof response === "string" ? response : JSON.stringify(response);
    try {
      return part[target](JSON.parse(whole).response, whole);
    } catch {
      // A response that is no JSON on purpose: only the whole of it is a seed.
      return target === "response" ? [Buffer.from(whole)] : [];
    }
  });
}

function kept(target) {
  const file = join(here, "kept", `${target}.txt`);
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => Buffer.from(line, "base64")) : [];
}

const read = (folder) => (existsSync(folder) ? readdirSync(folder).map((name) => readFileSync(join(folder, name))) : []);

/** Lays the target's seeds into a fresh folder and returns it. */
export function lay(target) {
  const folder = join(here, "target", "seeds", target);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const seed of [...read(join(here, "seeds", target)), ...fromVectors(target), ...kept(target)]) {
    writeFileSync(join(folder, createHash("sha256").update(seed).digest("hex").slice(0, 16)), seed);
  }
  return folder;
}

/** Writes a folder's inputs as the target's kept corpus, in the order of their bytes so that a change is small. */
export function keep(target, folder) {
  const lines = read(folder).filter((input) => input.length <= LONGEST).map((input) => input.toString("base64"));
  mkdirSync(join(here, "kept"), { recursive: true });
  writeFileSync(join(here, "kept", `${target}.txt`), [...lines.sort(), ""].join("\n"));
  return lines.length;
}
