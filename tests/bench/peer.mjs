// What our ceremonies are compared with, in a worker of their own: SimpleWebAuthn, and the bare work that nobody is spared
// (the key imported, the client data hashed, the signature verified).

import { verifyAuthenticationResponse, verifyRegistrationResponse } from "@simplewebauthn/server";

const bytes = (text) => Uint8Array.fromBase64(text, { alphabet: "base64url" });
let kept;

const doing = {
  async authenticate() {
    const { response, challenge, id, key } = kept;
    const { verified } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: ["https://www.broker.example"],
      expectedRPID: "broker.example",
      credential: { id, publicKey: key, counter: 0 },
    });
    if (!verified) throw new Error("not verified");
  },
  async register() {
    const { verified } = await verifyRegistrationResponse({
      response: kept.response,
      expectedChallenge: kept.challenge,
      expectedOrigin: ["https://www.broker.example"],
      expectedRPID: "broker.example",
    });
    if (!verified) throw new Error("not verified");
  },
  async bare() {
    await check(await imported());
  },
  async kept() {
    await check((kept.imported ??= await imported()));
  },
};

const imported = () =>
  crypto.subtle.importKey("raw", kept.point, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);

async function check(key) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", kept.clientData));
  const signed = new Uint8Array(kept.data.length + hash.length);
  signed.set(kept.data);
  signed.set(hash, kept.data.length);
  const sound = await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, kept.signature, signed);
  if (!sound) throw new Error("not verified");
}

export default {
  async fetch(request) {
    const url = new URL(request.url);
    try {
      if (request.method === "POST") {
        const { response, challenge, id, key, point, signature } = await request.json();
        const { clientDataJSON, authenticatorData } = response.response;
        kept = { response, challenge, id, key: bytes(key), point: bytes(point), signature: bytes(signature) };
        kept.clientData = bytes(clientDataJSON);
        kept.data = bytes(authenticatorData ?? "");
        return new Response("kept");
      }
      const [what, times] = [url.searchParams.get("what"), Number(url.searchParams.get("times"))];
      for (let time = 0; time < times; time += 1) await doing[what]();
      return new Response("done");
    } catch (fault) {
      return new Response(String(fault), { status: 500 });
    }
  },
};
