// The files of edge/deploy as they are, but for names, ports and folders: nginx in front with TLS and HTTP/2, workerd on a socket of
// the file system by the unit's own command line, an application behind that asks for the worker's certificate. systemd itself is not
// started: the socket is handed over by a small program of its own, and what it shuts the worker in with is read by systemd-analyze at the most.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import http2 from "node:http2";
import https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { WebSocket, WebSocketServer } from "ws";
import workerd from "workerd";
import { localCertificate } from "../../tools/house/certificate.mjs";
import { Child, freePort } from "../../tools/house/child.mjs";
import * as layout from "../../tools/house/layout.mjs";
import { freshSecrets, lines } from "../../tools/house/secrets.mjs";
import { PASSWORD, person } from "../visitor.mjs";
import { straight } from "../worker.mjs";

const of = (name) => readFileSync(join(layout.root, "edge/deploy", name), "utf8");
const found = (paths) => paths.find((path) => existsSync(path));
const analyze = found(["/usr/bin/systemd-analyze", "/bin/systemd-analyze"]);
const activate = found(["/usr/bin/systemd-socket-activate", "/bin/systemd-socket-activate"]);
const nginx = found(["/usr/sbin/nginx", join(layout.target, "tools/nginx/usr/sbin/nginx")]);

/** The text with every one of those replaced, each of which must be there. */
function changed(text, changes) {
  for (const [from, to] of Object.entries(changes)) {
    assert.ok(text.includes(from), `no longer says ${from}`);
    text = text.replaceAll(from, to);
  }
  return text;
}

let folder, application, sockets, worker, proxy, site, staff, authority, plain;
const at = (...names) => join(folder, ...names);
const secrets = { ...freshSecrets(), SEKISHO_PROXY_TOKEN: "the-proxys-own-token-of-this-test" };
const received = [];

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "sekisho-deploy-"));
  // nginx gives up its rights where it has them, and its workers must come by the socket.
  chmodSync(folder, 0o755);
  for (const name of ["opt", "run", "tls", "state/objects", "state/PUBLISHED"]) mkdirSync(at(name), { recursive: true });
  const certificate = localCertificate(at("tls"), ["localhost", "staff.localhost"]);
  authority = readFileSync(certificate.authority);
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=worker",
    "-keyout", at("opt/worker.key"), "-out", at("opt/worker.crt")], { stdio: "ignore" });
  copyFileSync(certificate.authority, at("opt/authority.crt"));
  const key = readFileSync(certificate.key), cert = readFileSync(certificate.certificate);
  application = https.createServer({ key, cert, ca: readFileSync(at("opt/worker.crt")), requestCert: true, rejectUnauthorized: true }, answer);
  sockets = new WebSocketServer({ server: application });
  sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(String(data))));
  application.listen(0, "127.0.0.1");
  await once(application, "listening");

  const port = await freePort();
  plain = await freePort();
  [site, staff] = [`https://localhost:${port}`, `https://staff.localhost:${port}`];
  const config = layout.demoConfig(site, `https://localhost:${application.address().port}`);
  for (const name of readdirSync(layout.artefact("edge")).filter((name) => !name.startsWith("."))) copyFileSync(join(layout.artefact("edge"), name), at("opt", name));
  writeFileSync(at("opt/sekisho.json"), layout.laid(straight(changed(`${config}\n[staff]\norigin = "${staff}"\n`, { 'client_address = "cloudflare"': 'client_address = "proxy"' }))));
  copyFileSync(workerd.default, at("opt/workerd"));
  // As its comment says where the application asks for a certificate.
  const told = of("worker.capnp").replaceAll(/\n\s*# /g, " ");
  for (const words of ['keypair = (privateKey = embed "worker.key", certificateChain = embed "worker.crt")', 'trustedCertificates = [embed "authority.crt"]']) assert.ok(told.includes(words));
  writeFileSync(at("opt/worker.capnp"), changed(of("worker.capnp"), {
    "/run/sekisho": at("run"),
    "tlsOptions = (trustBrowserCas = true)": 'tlsOptions = (trustBrowserCas = true, keypair = (privateKey = embed "worker.key", certificateChain = embed "worker.crt"), trustedCertificates = [embed "authority.crt"])',
  }));
  // By the guide's own command, from the file that `make secrets` writes.
  writeFileSync(at("tls/secrets"), lines(secrets));
  const [command] = readFileSync(join(layout.root, ".github/DEPLOY.md"), "utf8").match(/\(umask 077; sed .*proxy-token\.conf\)/);
  execFileSync("bash", ["-ec", changed(command, { "/etc/sekisho/secrets": at("tls/secrets"), "/etc/sekisho/tls": at("tls") })]);
  writeFileSync(at("tls/hosts.conf"), "server_name localhost staff.localhost;\n");
  const block = changed(of("nginx.conf"), {
    "/run/sekisho": at("run"), "/etc/sekisho/tls/site.crt": certificate.certificate, "/etc/sekisho/tls/site.key": certificate.key,
    "/etc/sekisho/tls": at("tls"), "/etc/sekisho/hosts.conf": at("tls/hosts.conf"), "/var/log/nginx": at("run"),
    "https://$host$": `https://$host:${port}$`, "Host $host": `Host $host:${port}`,
    // As a module of nginx adds it that knows networks.
    '"$remote_addr",': '"$remote_addr","asn":2516,"country":"JP",',
    "listen 443": `listen 127.0.0.1:${port}`, "listen [::]:443 ssl http2 default_server;": "", "listen [::]:443 ssl http2;": "",
    "listen 80": `listen 127.0.0.1:${plain}`, "listen [::]:80 default_server;": "", "listen [::]:80;": "",
  });
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${at(`run/${name}`)};`).join(" ");
  const user = process.getuid() === 0 ? "user root;" : "";
  writeFileSync(at("nginx.conf"), `${user} daemon off; pid ${at("run/nginx.pid")}; error_log stderr notice; worker_processes 1; events {} http { access_log ${at("run/access.log")}; ${temporary}\n${block}}\n`);
  await startWorker();
  assert.ok(nginx, "nginx is not there: make test installs it");
  proxy = new Child("nginx", nginx, ["-e", "stderr", "-p", folder, "-c", at("nginx.conf")]);
  await proxy.line(/start worker process \d/);
});
after(async () => {
  sockets?.close();
  await Promise.all([proxy?.stop(), worker?.stop()]);
  application?.closeAllConnections();
  application?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** By the unit's command line; in systemd's place, workerd makes the socket that it would have been handed. */
async function startWorker() {
  const [, line] = of("sekisho.service").match(/^ExecStart=(.*)$/m);
  const [program, ...args] = changed(line, { "/opt/sekisho": at("opt"), " --socket-fd=site=3": " --control-fd=1" }).split(" ");
  rmSync(at("run/edge.sock"), { force: true });
  worker = new Child("workerd", program, args, { cwd: at("state"), env: secrets });
  await worker.line(/"event":"listen"/);
}

function answer(request, response) {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    received.push({ url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() });
    if (request.url !== "/home/events") return response.end("the application");
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("data: 1\n\n");
    // Held until the reader has seen the first: what is buffered on the way never comes.
    setTimeout(() => response.end("data: 2\n\n"), 1_500);
  });
}

/** One request over HTTP/2; the answer's body as it came, piece by piece with its time. */
async function ask(path, { method = "GET", cookie, value, headers = {}, host = site } = {}) {
  const { hostname: servername, host: authorityName } = new URL(host);
  const session = http2.connect(site, { ca: authority, servername });
  const browser = { "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "sec-fetch-site": "same-origin" };
  const body = value && JSON.stringify(value);
  try {
    const stream = session.request({ ":method": body ? "POST" : method, ":path": path, ":authority": authorityName, ...browser, ...(body && { "content-type": "application/json" }), ...(cookie && { cookie }), ...headers });
    const [answer] = await Promise.all([once(stream, "response"), stream.end(body)]);
    const pieces = [];
    for await (const chunk of stream) pieces.push([performance.now(), chunk.toString()]);
    const text = pieces.map(([, piece]) => piece).join("");
    const json = /json/.test(answer[0]["content-type"] ?? "") ? JSON.parse(text) : undefined;
    return { status: answer[0][":status"], headers: answer[0], text, pieces, json, protocol: session.alpnProtocol };
  } finally {
    session.close();
  }
}

/** A customer's session cookie. */
async function customer() {
  const { json } = await ask("/.sekisho/open", { value: person() });
  const entered = await ask("/.sekisho/login", { value: { id: json.account_number, password: PASSWORD } });
  assert.equal(entered.status, 200, `${entered.text}\n${worker.log}`);
  return entered.headers["set-cookie"].map((line) => line.split(";")[0]).find((pair) => pair.startsWith("__Host-sekisho="));
}

test("a page passes by HTTP/2, https and the socket to an application that nobody else reaches", async () => {
  const cookie = await customer();
  const page = await ask("/home?a=1", { cookie, headers: { "sekisho-assertion": "forged", "sekisho-proxy": "x", "x-forwarded-proto": "http" } });
  assert.deepEqual([page.status, page.text, page.protocol], [200, "the application", "h2"]);
  // Letters of the worker's own come there too, at a time that nobody knows.
  const pages = received.filter(({ url }) => url.startsWith("/home"));
  assert.deepEqual(pages.map(({ url }) => url), ["/home?a=1"]);
  const [{ headers }] = pages;
  assert.deepEqual([headers["x-forwarded-proto"], headers["x-forwarded-host"]], ["https", new URL(site).host]);
  assert.equal(headers["sekisho-assertion"].split(".").length, 3);
  assert.ok(!("sekisho-proxy" in headers || "sekisho-client" in headers), "the proxy's token stays in the worker");
  // The application itself, without the worker's certificate.
  const around = https.get({ port: application.address().port, host: "localhost", ca: authority });
  const [refused] = await once(around, "error");
  assert.match(String(refused.code), /ECONNRESET|CERTIFICATE_REQUIRED|EPIPE/);
  assert.equal((await ask("/home")).status, 401);
});

test("what a client says of its own address is nobody's word, and what is sent is judged as it was sent", async () => {
  const cookie = await customer();
  assert.equal((await ask("/home/..%2fhome", { cookie })).status, 400);
  assert.equal((await ask("/home//x", { cookie })).status, 400);
  // From the socket, as nobody may come who is not the proxy: without its token nothing is believed of where a client is.
  const client = JSON.stringify({ address: "127.0.0.1", asn: 2516, country: "JP" });
  const direct = (headers) => new Promise((resolve, reject) => {
    const all = { host: new URL(site).host, "x-forwarded-proto": "https", "sekisho-client": client, cookie, ...headers };
    const request = http.request({ socketPath: at("run/edge.sock"), path: "/home", headers: all }, (response) => response.resume().on("end", () => resolve(response.statusCode)));
    request.on("error", reject).end();
  });
  assert.equal(await direct({}), 401, "a session that is nowhere, with another client, must prove itself");
  assert.equal(await direct({ "sekisho-proxy": secrets.SEKISHO_PROXY_TOKEN }), 200);
  // By the proxy, whose word stands over the client's.
  const elsewhere = JSON.stringify({ address: "198.51.100.9", asn: 9009, country: "RO" });
  for (const name of ["sekisho-client", "Sekisho_Client"]) {
    const lying = await ask("/home", { cookie, headers: { [name]: elsewhere, "user-agent": "another/1.0" } });
    assert.equal(lying.status, 200, name);
  }
});

test("event streams come piece by piece, and sockets both ways", async () => {
  const cookie = await customer();
  const events = await ask("/home/events", { cookie });
  assert.equal(events.text, "data: 1\n\ndata: 2\n\n");
  const [[first], [second]] = events.pieces;
  assert.ok(second - first > 1_000, "nothing on the way waits for the whole");
  const socket = new WebSocket(`${site.replace("https", "wss")}/home/prices`, { ca: authority, headers: { cookie, origin: site, "sec-fetch-mode": "websocket" } });
  await once(socket, "open");
  socket.send("a price");
  const [price] = await once(socket, "message");
  assert.equal(String(price), "a price");
  socket.close();
});

test("plain http leads to https, another host name is nobody's, and a worker that is gone is a page that says so", async () => {
  const [moved] = await once(http.get({ port: plain, path: "/home?a=1" }), "response");
  moved.resume();
  assert.deepEqual([moved.statusCode, moved.headers.location], [301, `${site}/home?a=1`]);
  const stranger = https.get({ port: new URL(site).port, host: "localhost", servername: "other.example", ca: authority });
  await once(stranger, "error");
  const unknown = http.get({ port: plain, path: "/home?a=1", headers: { host: "other.example" } });
  await once(unknown, "error");
  // The other name on a connection that was made under one of ours.
  await assert.rejects(ask("/home", { host: site, headers: { ":authority": "other.example" } }));
  const cookie = await customer();
  await worker.kill();
  const down = await ask("/home", { cookie });
  assert.deepEqual([down.status, down.headers["retry-after"], down.headers["cache-control"]], [503, "10", "no-store"]);
  assert.match(down.text, /しばらくしてから/);
  await startWorker();
  assert.equal((await ask("/home", { cookie })).status, 200, "the session lives on, from the disk");
});

test("staff's host leads there too, and to staff's page alone", async () => {
  const page = await ask("/", { host: staff, headers: { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document", "sec-fetch-site": "none" } });
  assert.deepEqual([page.status, page.headers["content-type"]], [200, "text/html; charset=utf-8"], page.text);
  assert.match(page.text, /<title>/);
  assert.equal((await ask("/home", { host: staff })).status, 404);
});

test("neither log of nginx knows a client, whatever failed", async () => {
  const cookie = await customer();
  await worker.kill();
  assert.equal((await ask("/home?q=private", { cookie })).status, 503);
  await startWorker();
  const [moved] = await once(http.get({ port: plain, path: "/home?q=private" }), "response");
  moved.resume();
  for (const name of ["access.log", "sekisho.log"]) assert.equal(readFileSync(at("run", name), "utf8"), "", name);
  assert.ok(!/client:|127\.0\.0\.1|private/.test(proxy.log), proxy.log);
});

test(`the units ${analyze ? "are as systemd reads them, and shut the worker in" : "were NOT READ: systemd-analyze is not on this machine"}`, () => {
  const units = at("units");
  mkdirSync(units);
  for (const name of ["sekisho.service", "sekisho.socket"]) writeFileSync(join(units, name), of(name).replaceAll("/opt/sekisho", at("opt")));
  if (!analyze) return;
  const read = (...args) => spawnSync(analyze, args, { encoding: "utf8", env: { ...process.env, SYSTEMD_COLORS: "0" } });
  const { status, stderr } = read("verify", "--man=no", join(units, "sekisho.service"), join(units, "sekisho.socket"));
  // A word that it does not know it only complains of.
  assert.deepEqual([status, stderr.split("\n").filter((line) => line.includes("sekisho"))], [0, []]);
  const [, exposure] = read("security", "--offline=yes", "--no-pager", join(units, "sekisho.service")).stdout.match(/exposure level for sekisho\.service: ([\d.]+)/);
  assert.ok(Number(exposure) < 2, `exposed at ${exposure} of 10`);
});

test(`a socket that is handed over ${activate ? "starts the worker with its first request" : "was NOT TRIED: systemd-socket-activate is not on this machine"}`, async () => {
  if (!activate) return;
  for (const name of ["handed/objects", "handed/PUBLISHED"]) mkdirSync(at(name), { recursive: true });
  const [, line] = of("sekisho.service").match(/^ExecStart=(.*)$/m);
  const passed = Object.keys(secrets).flatMap((name) => ["-E", name]);
  const args = ["-l", at("run/handed.sock"), ...passed, ...changed(line, { "/opt/sekisho": at("opt") }).split(" ")];
  const handed = new Child("systemd-socket-activate", activate, args, { cwd: at("handed"), env: secrets });
  try {
    await handed.line(/Listening on/);
    const request = { socketPath: at("run/handed.sock"), path: "/.sekisho/health", headers: { host: new URL(site).host, "x-forwarded-proto": "https" } };
    const [answer] = await once(http.get(request), "response");
    answer.resume();
    assert.equal(answer.statusCode, 200, handed.log);
  } finally {
    await handed.stop();
  }
});

test("the files say what the platform's own layout says", () => {
  const { date, flags, objects, stores } = layout.platform();
  const text = of("worker.capnp");
  assert.ok(text.includes(`compatibilityDate = "${date}"`));
  assert.ok(text.includes(`compatibilityFlags = [${flags.map((flag) => `"${flag}"`).join(", ")}]`));
  for (const { binding, className } of objects) {
    assert.ok(text.includes(`(name = "${binding}", durableObjectNamespace = "${className}")`), binding);
    assert.ok(text.includes(`(className = "${className}", uniqueKey = "sekisho-${className}", enableSql = true)`), className);
  }
  for (const name of stores) assert.ok(text.includes(`(name = "${name}", kvNamespace = `), name);
  // The names of secrets, as the worker asks for them.
  const asked = readFileSync(join(layout.root, "edge/src/cloudflare/mod.rs"), "utf8").match(/SEKISHO_[A-Z_]+/g);
  assert.deepEqual([...new Set(text.match(/SEKISHO_[A-Z_]+/g))].sort(), [...new Set(asked)].sort());
  const built = readdirSync(layout.artefact("edge")).filter((name) => !name.startsWith("."));
  assert.deepEqual([...text.matchAll(/\(name = "([^"]+)", \w+ = embed/g)].map(([, name]) => name).sort(), built.sort());
});
