// Two origins of one site on the real worker: each has a cookie of its own onto the one session, and a way from one to the
// other that only the browser walks that began it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { RecordingOrigin, claims, startWorker } from "../worker.mjs";
import { PASSWORD, Visitor, customer, send } from "../visitor.mjs";

let origin, worker, main, alt;
before(async () => {
  origin = await new RecordingOrigin().start();
  const config = (toml) => {
    const port = new URL(toml.match(/^origin = "(.*)"/m)[1]).port;
    [main, alt] = ["main", "alt"].map((name) => `http://${name}.sekisho.localhost:${port}`);
    return toml
      .replace(/^origin = "http:.*$/m, `origin = "${main}"\nentrances = ["${alt}"]`)
      .replace(/^rp_id = .*$/m, 'rp_id = "sekisho.localhost"')
      .replace('mobile = true', `origin = "${alt}"`);
  };
  worker = await startWorker(origin.url, { config });
});
after(async () => {
  await worker?.stop();
  await origin?.stop();
});

/** A browser's cookies by origin, and how it opens an address. */
class Window {
  jar = {};
  site = "same-site";

  async open(url) {
    const { origin: at, host, pathname, search } = new URL(url);
    const cookies = (this.jar[at] ??= {});
    const headers = {
      host, accept: "text/html", "sec-fetch-site": this.site, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document",
      cookie: Object.entries(cookies).map(([name, value]) => `${name}=${value}`).join("; "),
    };
    const response = await send(worker.url, { path: pathname + search, headers });
    for (const line of response.cookies) {
      assert.match(line, /^__Host-[^;]*; Path=\/; Secure; HttpOnly; SameSite=Lax/);
      assert.doesNotMatch(line, /domain/i);
      const [, name, value] = line.match(/^([^=]*)=([^;]*)/);
      if (/max-age=0/i.test(line)) delete cookies[name];
      else cookies[name] = value;
    }
    return Object.assign(response, { location: response.headers.location && new URL(response.headers.location, url).href });
  }

  /** Opens `url` and what it leads to, at most so often. */
  async follow(url, most = 6) {
    let response = await this.open(url);
    for (; response.location && most > 0; most -= 1) {
      url = response.location;
      response = await this.open(url);
    }
    return { url, response };
  }
}

/** A customer's browser with a session at the site's first origin. */
async function visitor() {
  const window = new Window();
  const owner = await customer(worker.url);
  window.jar[main] = { "__Host-sekisho": owner.cookie };
  return { window, owner };
}

test("an entrance without a session leads to the origin that has one and back to the very page", async () => {
  const { window, owner } = await visitor();
  const { url, response } = await window.follow(`${alt}/home?tab=1`);
  assert.deepEqual([url, response.status], [`${alt}/home?tab=1`, 200]);
  const statement = await claims(origin.last, worker.url);
  assert.deepEqual([statement.sub, statement.channel, statement.iss], [owner.number, "pc-main", main]);
  assert.equal(origin.last.headers["x-forwarded-host"], new URL(alt).host);
  assert.notEqual(window.jar[alt]["__Host-sekisho"], window.jar[main]["__Host-sekisho"]);
  assert.ok(!("__Host-sekisho-cross" in window.jar[alt]));
  // A stranger's way ends at the login, at the entrance.
  const stranger = new Window();
  const led = await stranger.follow(`${alt}/home`, 4);
  assert.equal(led.url, `${alt}/login?return=/home`);
});

test("a cookie of one origin is none at the other", async () => {
  const { window } = await visitor();
  window.jar[alt] = { "__Host-sekisho": window.jar[main]["__Host-sekisho"] };
  const before = origin.forwarded.length;
  assert.equal((await window.open(`${main}/home`)).status, 200);
  for (let times = 0; times < 3; times += 1) assert.equal((await window.open(`${alt}/home`)).status, 303);
  assert.equal(origin.forwarded.length, before + 1);
});

test("a planted code, a stolen code, a replayed one and one from another site open nothing", async () => {
  const { window } = await visitor();
  const begun = await window.open(`${alt}/.sekisho/cross?return=/home`);
  const left = await window.open(begun.location);
  assert.match(left.location, new RegExp(`^${alt}/\\.sekisho/cross/arrive\\?return=\\S+&code=[\\w-]{140}$`));
  const victim = new Window();
  await victim.open(`${alt}/.sekisho/cross?return=/home`);
  for (const other of [new Window(), victim]) {
    const answer = await other.open(left.location);
    assert.equal(answer.location, `${alt}/login?return=/home`);
    assert.ok(!("__Host-sekisho" in other.jar[alt]));
  }
  window.site = "cross-site";
  const secret = window.jar[alt]["__Host-sekisho-cross"];
  assert.equal((await window.open(left.location)).location, `${alt}/login?return=/home`);
  assert.equal((await window.open(begun.location)).status, 403, "nor does another site have a code made");
  window.site = "same-site";
  window.jar[alt]["__Host-sekisho-cross"] = secret;
  assert.equal((await window.open(left.location)).location, `${alt}/home`);
  delete window.jar[alt]["__Host-sekisho"];
  window.jar[alt]["__Host-sekisho-cross"] = secret;
  assert.equal((await window.open(left.location)).location, `${alt}/login?return=/home`);
  assert.ok(!("__Host-sekisho" in window.jar[alt]));
});

test("a login at an entrance is no new device's once the browser that is known has crossed to it", async () => {
  const name = "__Host-sekisho-device";
  const owner = await customer(worker.url);
  const known = await owner.post("/.sekisho/login", { id: owner.number, password: PASSWORD });
  const [, device] = known.cookies.join("\n").match(new RegExp(`^${name}=([^;]*)`, "m"));
  const window = new Window();
  window.jar[main] = { "__Host-sekisho": owner.cookie };
  await window.follow(`${alt}/home`);
  assert.ok(!(name in window.jar[alt]), "a session alone makes no browser known");
  window.jar = { [main]: { "__Host-sekisho": owner.cookie, [name]: device } };
  await window.follow(`${alt}/home`);
  const carried = window.jar[alt][name];
  const judged = async (cookie) => {
    const seen = worker.child.log.length;
    const headers = { host: new URL(alt).host, ...(cookie && { cookie: `${name}=${cookie}` }) };
    const answer = await new Visitor(worker.url).post("/.sekisho/login", { id: owner.number, password: PASSWORD }, headers);
    assert.equal(answer.status, 200, answer.text);
    return /"new_device"/.test(worker.child.log.slice(seen));
  };
  assert.deepEqual([await judged(carried), await judged(undefined)], [false, true]);
});

test("the session ends at every origin at once, and a login at an entrance is of its channel", async () => {
  const { window, owner } = await visitor();
  await window.follow(`${alt}/home`);
  assert.equal((await owner.post("/.sekisho/logout", {})).status, 200);
  const there = { host: new URL(alt).host, cookie: `__Host-sekisho=${window.jar[alt]["__Host-sekisho"]}` };
  assert.equal((await send(worker.url, { path: "/.sekisho/session", headers: there })).json.code, "no_session");
  const other = new Visitor(worker.url);
  const host = { host: new URL(alt).host };
  const body = { id: owner.number, password: PASSWORD };
  assert.equal((await other.post("/.sekisho/login", body, host)).status, 200);
  assert.equal((await other.get("/.sekisho/session", host)).json.channel, "smartphone-site");
  assert.equal((await other.get("/.sekisho/session")).json.code, "no_session", "and at no other");
});
