// Signs on the real worker: what the platform says of a client, in the form in which the shim hands it on, the operator's list of
// networks, the browser's own headers and the two words of the page's script; and the place that customers are told.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PASSWORD, Visitor, person, send } from "../visitor.mjs";
import { RecordingOrigin, startWorker } from "../worker.mjs";

/** Stands where Cloudflare's front does: what it says of the client is what the test says in a header of its own. */
const FRONT = `
import edge, { Account, Name, Network } from "./edge.js";
export { Account, Name, Network };
export default {
  fetch(request, env, context) {
    const headers = new Headers(request.headers);
    const cf = JSON.parse(headers.get("test-cf") ?? "{}");
    headers.delete("test-cf");
    if (cf.address) headers.set("cf-connecting-ip", cf.address);
    return edge.fetch(new Request(new Request(request, { cf }), { headers }), env, context);
  },
};`;
const TOKYO = {
  address: "203.0.113.7", asn: 2516, country: "JP", regionCode: "13", city: "Tokyo", timezone: "Asia/Tokyo",
  latitude: "35.68950", longitude: "139.69171", httpProtocol: "HTTP/2", clientTcpRtt: 9,
  tlsVersion: "TLSv1.3", botManagement: { ja4: "t13d1516h2_8daaf6152771_b186095e22b6" },
};
const BUCHAREST = {
  address: "198.51.100.9", asn: 9009, country: "RO", regionCode: "B", city: "Bucharest", timezone: "Europe/Bucharest",
  latitude: "44.43225", longitude: "26.10626", httpProtocol: "HTTP/2", clientTcpRtt: 31,
};

let origin, worker;
before(async () => {
  origin = await new RecordingOrigin().start();
  // In shadow, as delivered: everything is judged, and nothing follows.
  worker = await startWorker(origin.url, { around: FRONT, networks: "hosting AS64500\n" });
});
after(async () => {
  await worker?.stop();
  await origin?.stop();
});

async function account() {
  const opened = await new Visitor(worker.url).post("/.sekisho/open", person());
  assert.equal(opened.status, 201, opened.text);
  return opened.json.account_number;
}

/** Logs in from somewhere; answers the visitor with the answer and the judgement that was logged. */
async function login(id, cf, { said = {}, headers = {}, cookie } = {}) {
  const visitor = new Visitor(worker.url);
  const asked = { "test-cf": JSON.stringify(cf), "accept-language": "ja", ...headers, ...(cookie && { cookie }) };
  const seen = worker.child.log.split("\n").length;
  const answer = await visitor.post("/.sekisho/login", { id, password: PASSWORD, ...said }, asked);
  assert.equal(answer.status, 200, answer.text);
  const line = worker.child.log.split("\n").slice(seen).find((text) => text.includes('{"judged"'));
  const device = answer.cookies.map((text) => text.split(";")[0]).find((pair) => pair.startsWith("__Host-sekisho-device="));
  return { visitor, answer, device, judged: JSON.parse(line.slice(line.indexOf("{"))).judged };
}

test("a whole browser at home shows no sign, by what the platform itself says", async () => {
  const id = await account();
  await login(id, TOKYO);
  const { judged } = await login(id, TOKYO, { said: { zone: "540", language: "ja-JP" }, headers: { "sec-ch-ua-platform": '"Windows"' } });
  assert.deepEqual(judged.reasons, ["new_device"]);
  const { signs = 0, kilometres = 0 } = judged.evidence;
  assert.deepEqual([signs, kilometres], [0, 0]);
});

test("what does not fit together is in the record by name, each read off its own header, field or list", async () => {
  const id = await account();
  const { device } = await login(id, TOKYO);
  const cases = [
    [{ ...TOKYO, asn: 64500 }, {}, "hosting_network"],
    [{ ...TOKYO, country: "T1" }, {}, "anonymised_network"],
    [{ ...TOKYO, httpProtocol: "HTTP/1.1" }, {}, "protocol_contradicts"],
    [{ ...TOKYO, tlsVersion: "TLSv1.1" }, {}, "protocol_contradicts"],
    [{ ...TOKYO, clientTcpRtt: 400 }, {}, "long_way"],
    [{ ...TOKYO, clientTcpRtt: 0, clientQuicRtt: 400 }, {}, "long_way"],
    [{ ...TOKYO, botManagement: { ja4: "t13d190900_9dc949149365_97f8aa674fd9" } }, {}, "unfamiliar_greeting"],
    [TOKYO, { headers: { "sec-ch-ua-platform": '"Linux"' } }, "hints_contradict"],
    [TOKYO, { headers: { "sec-ch-ua": '"Chromium";v="120", "Google Chrome";v="120"' } }, "hints_contradict"],
    [TOKYO, { headers: { "sec-ch-ua-mobile": "?1" } }, "hints_contradict"],
    [TOKYO, { said: { language: "ru" } }, "language_contradicts"],
    [TOKYO, { said: { language: "vi" }, headers: { "accept-language": "vi-VN" } }, "foreign_language"],
    [TOKYO, { said: { zone: "60" } }, "foreign_clock"],
    [{ ...TOKYO, timezone: "America/New_York" }, { said: { zone: "540" } }, "foreign_clock"],
    [BUCHAREST, {}, "impossible_travel"],
  ];
  for (const [cf, shown, reason] of cases) {
    const { judged } = await login(id, cf, { ...shown, cookie: device });
    assert.ok(judged.reasons.includes(reason), `${reason}: ${judged.reasons}`);
    // Back home, so that the next one has not come from there.
    await login(id, TOKYO, { cookie: device });
  }
});

test("the place is told in history, sessions and letters, in both languages, and no address anywhere", async () => {
  const id = await account();
  await login(id, TOKYO);
  const { visitor } = await login(id, BUCHAREST);
  const { json: history } = await visitor.get("/.sekisho/history");
  const places = history.entries.map(({ place_ja, place_en }) => [place_ja, place_en]);
  assert.deepEqual(places, [["ルーマニア(推定)", "Romania (estimated)"], ["東京都付近(推定)", "near Tokyo (estimated)"]]);
  const { json: list } = await visitor.get("/.sekisho/sessions");
  assert.equal(list.sessions.find(({ current }) => current).place_ja, "ルーマニア(推定)");
  for (const until = Date.now() + 10_000; ; await new Promise((resolve) => setTimeout(resolve, 20))) {
    const bodies = origin.requests.map(({ body }) => body);
    if (bodies.some((body) => body.includes("アクセス元:ルーマニア(推定)"))) break;
    assert.ok(Date.now() < until, "no letter tells the place");
  }
  assert.ok(origin.requests.every(({ body }) => !body.includes(BUCHAREST.address)));
});

test("staff asks for an address of one account, over HTTP and with its token alone", async () => {
  const id = await account();
  await login(id, BUCHAREST);
  const ask = (address, token) =>
    send(worker.url, {
      method: "POST", path: "/.sekisho/ops/accesses", body: JSON.stringify({ name: id, address }),
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    });
  const token = worker.secrets.SEKISHO_OPS_TOKEN;
  const { json: found } = await ask(BUCHAREST.address, token);
  assert.deepEqual([found.entries.length, found.entries[0].outcome, found.more], [1, "success", false]);
  assert.deepEqual((await ask(TOKYO.address, token)).json.entries, []);
  assert.equal((await ask(TOKYO.address, "x".repeat(32))).status, 401);
});

test("what cannot be said is not heard, and what is no field is refused", async () => {
  const id = await account();
  const { judged } = await login(id, TOKYO, { said: { zone: "999999", language: "<b>" } });
  assert.deepEqual(judged.reasons, ["first_login"]);
  const answer = await new Visitor(worker.url).post("/.sekisho/login", { id, password: PASSWORD, zone: 540 });
  assert.equal(answer.json.code, "malformed");
});

test("whatever headers a client changes about where it comes from, it is judged by what the platform says", async () => {
  const judged = async (headers) => {
    const id = await account();
    for (let time = 0; time < 2; time += 1) await login(id, TOKYO);
    const { reference, ...judged } = (await login(id, BUCHAREST, { headers })).judged;
    assert.ok(reference > 0);
    return judged;
  };
  const plain = await judged({});
  assert.ok(plain.score !== null && plain.reasons.length > 0, JSON.stringify(plain));
  const home = JSON.stringify({ address: TOKYO.address, asn: TOKYO.asn, country: "JP", city: "Tokyo" });
  for (let turn = 0; turn < 4; turn += 1) {
    const address = `203.0.113.${turn}`;
    const changed = {
      "x-forwarded-for": `${address}, 10.0.0.${turn}`, forwarded: `for=${address}`, "x-real-ip": address, "true-client-ip": address,
      "cf-connecting-ip": address, "cf-connecting-ipv6": "2001:db8::1", "cf-ipcountry": "JP", "x-client-ip": address, "x-cluster-client-ip": address,
      "sekisho-client": home, "mf-cf-blob": JSON.stringify(TOKYO),
      ...[{}, { "sekisho-proxy": "" }, { "sekisho-proxy": "x".repeat(32) }, { "sekisho-proxy": "undefined" }][turn],
    };
    assert.deepEqual(await judged(changed), plain, JSON.stringify(changed));
  }
});
