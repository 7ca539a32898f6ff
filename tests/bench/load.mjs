// Load on one address over kept-alive connections, written close to the socket so that little CPU is the generator's own.

import { readFileSync, readdirSync } from "node:fs";
import { connect } from "node:net";

/** CPU seconds that the threads of a process have used so far, by the scheduler's own count in nanoseconds: the ticks of `stat` are a
 *  fiftieth of a short turn. */
export function cpuSeconds(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  const used = (thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1").split(" ")[0]);
  return threads.reduce((sum, thread) => sum + used(thread), 0) / 1e9;
}

/**
 * Sends one request over and over on every connection until the time is up.
 *
 * @param {object} options
 * @param {number} options.port where to, on the loopback address
 * @param {string} options.path what to ask for
 * @param {Record<string, string>} options.headers what to send along
 * @param {number} options.connections how many at a time
 * @param {number} options.seconds for how long
 * @returns {Promise<{requests: number, seconds: number, latencies: number[]}>} what was answered with 200
 */
export async function load({ port, path, headers, connections, seconds }) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const request = `GET ${path} HTTP/1.1\r\nhost: localhost:${port}\r\n${lines.join("")}\r\n`;
  const started = performance.now();
  const end = started + seconds * 1000;
  const latencies = [];
  await Promise.all(Array.from({ length: connections }, () => ride(port, request, end, latencies)));
  return { requests: latencies.length, seconds: (performance.now() - started) / 1000, latencies };
}

/** One connection: a request, its whole answer, the next request. */
function ride(port, request, end, latencies) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let sent;
    let kept = Buffer.alloc(0);
    const next = () => {
      if (performance.now() >= end) {
        socket.end();
        resolve();
        return;
      }
      sent = performance.now();
      socket.write(request, "latin1");
    };
    socket.setTimeout(15_000, () => socket.destroy(new Error("no answer within 15 s")));
    socket.on("connect", next);
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("the connection was closed")));
    socket.on("data", (chunk) => {
      kept = kept.length > 0 ? Buffer.concat([kept, chunk]) : chunk;
      const answer = complete(kept);
      if (answer === undefined) return;
      if (answer !== 200) return socket.destroy(new Error(`answered ${answer}: ${kept.toString("utf8", 0, 600)}`));
      kept = Buffer.alloc(0);
      latencies.push(performance.now() - sent);
      next();
    });
  });
}

/** The status of the answer in `bytes`, once all of it is there. */
function complete(bytes) {
  const head = bytes.indexOf("\r\n\r\n");
  if (head < 0) return undefined;
  const text = bytes.toString("latin1", 0, head);
  const length = /\r\ncontent-length: *(\d+)/i.exec(text);
  const whole = length
    ? bytes.length >= head + 4 + Number(length[1])
    : bytes.subarray(-5).toString("latin1") === "0\r\n\r\n";
  return whole ? Number(text.slice(9, 12)) : undefined;
}
