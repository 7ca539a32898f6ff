// The worker before an origin that records, as an attacker meets both: over a raw socket, or over kept-alive connections
// where thousands of requests are sent.

import assert from "node:assert/strict";
import http from "node:http";
import { RecordingOrigin, startWorker } from "../../edge/worker.mjs";
import { customer, raw, send } from "../../edge/visitor.mjs";

/** Sends many requests over a few kept-alive connections and hands each answer's status and headers to `judge`. */
export async function flood(base, requests, judge, connections = 8) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const waiting = requests[Symbol.iterator]();
  const ride = async () => {
    for (let next = waiting.next(); !next.done; next = waiting.next()) judge(await send(base, { ...next.value, agent }), next.value);
  };
  try {
    await Promise.all(Array.from({ length: connections }, ride));
  } finally {
    agent.destroy();
  }
}

/** The gate and what it guards. */
export class Gate {
  static async start(options) {
    const gate = new Gate();
    gate.origin = await new RecordingOrigin().start();
    gate.worker = await startWorker(gate.origin.url, options);
    gate.url = gate.worker.url;
    return gate;
  }

  async stop() {
    await this.worker.stop();
    await this.origin.stop();
  }

  /** A customer who has logged in. */
  customer() {
    return customer(this.url);
  }

  /** Writes `lines` as they are, with a Host line unless there is one; answers what came back. */
  raw([first, ...lines], body) {
    const host = lines.some((line) => /^host:/i.test(line)) ? [] : [`Host: ${new URL(this.url).host}`];
    return raw(this.url, [first, ...host, ...lines], body);
  }

  /** The same for a request that must not reach the origin and must not be answered with anything guarded. */
  async refused(lines, about) {
    const before = this.origin.forwarded.length;
    const answer = await this.raw(lines);
    assert.equal(this.origin.forwarded.length, before, `${about}: it reached the origin`);
    assert.ok(answer.status === 303 || (answer.status >= 400 && answer.status < 500) || answer.status === 501, `${about}: ${answer.text.slice(0, 200)}`);
    assert.ok(!answer.text.includes("the origin"), about);
    return answer;
  }
}
