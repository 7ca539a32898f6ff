// One program started by the tools: its output kept, a line of it awaited, its whole process group ended.

import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { createInterface } from "node:readline";

const running = new Set();

// The last resort when this process ends without having stopped its children, for instance in a failing test.
process.on("exit", () => {
  for (const child of running) child.signal("SIGKILL");
});

/** A running program. */
export class Child {
  #process;
  #lines = [];
  #watchers = new Set();

  /**
   * @param {string} name how messages call it
   * @param {string} command the program
   * @param {string[]} args its arguments
   * @param {{cwd?: string, env?: Record<string, string>, echo?: (line: string) => void}} options `env` is the whole
   *   environment beside PATH, HOME and TMPDIR; `echo` is told every line of output
   */
  constructor(name, command, args, { cwd, env = {}, echo } = {}) {
    this.name = name;
    const { PATH, HOME, TMPDIR } = process.env;
    // A process group of its own: Ctrl-C in the terminal reaches only us, and we end the children in order.
    this.#process = spawn(command, args, {
      cwd,
      env: { PATH, HOME, ...(TMPDIR && { TMPDIR }), ...env },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(this);
    /** Resolves with a sentence when the program has ended, whatever the reason. */
    this.ended = new Promise((resolve) => {
      this.#process.once("error", (error) => resolve(`${name} could not be started: ${error.message}`));
      this.#process.once("close", (code, signal) => resolve(`${name} ended (${signal ?? `exit code ${code}`})`));
    }).finally(() => running.delete(this));
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        this.#lines.push(line);
        if (this.#lines.length > 2000) this.#lines.shift();
        echo?.(line);
        for (const watch of this.#watchers) watch(line);
      });
    }
  }

  /** The process id. */
  get pid() {
    return this.#process.pid;
  }

  /** Everything it wrote, at most the last 2,000 lines. */
  get log() {
    return this.#lines.join("\n");
  }

  /**
   * Waits for a line of output.
   *
   * @param {RegExp} pattern what the line must match
   * @param {number} limit milliseconds until it counts as failed
   * @returns {Promise<RegExpMatchArray>} the match
   */
  async line(pattern, limit = 60_000) {
    for (const line of this.#lines) {
      const match = line.match(pattern);
      if (match) return match;
    }
    let watch, timer;
    const seen = new Promise((resolve) => {
      watch = (line) => {
        const match = line.match(pattern);
        if (match) resolve(match);
      };
      this.#watchers.add(watch);
    });
    const late = new Promise((resolve) => {
      timer = setTimeout(() => resolve(`${this.name} was not ready after ${limit / 1000} s`), limit);
    });
    const result = await Promise.race([seen, this.ended, late]);
    clearTimeout(timer);
    this.#watchers.delete(watch);
    if (typeof result === "string") throw new Error(`${result}\n${this.log}`);
    return result;
  }

  /** Sends a signal to the program and all it started. */
  signal(name) {
    try {
      process.kill(-this.#process.pid, name);
    } catch {
      // It has ended already.
    }
  }

  /** Asks the program to end, makes it end after 5 s, and waits until it has. */
  async stop() {
    this.signal("SIGTERM");
    const timer = setTimeout(() => this.signal("SIGKILL"), 5_000);
    await this.ended;
    clearTimeout(timer);
    // Whatever the program itself left behind in its group.
    this.signal("SIGKILL");
  }

  /** Ends the program at once, as a power cut would. */
  async kill() {
    this.signal("SIGKILL");
    await this.ended;
  }
}

/**
 * A port of the loopback address that nobody listens on.
 *
 * @param {number} wanted the port to try; 0 takes any
 * @returns {Promise<number | undefined>} the port, or nothing when `wanted` is in use
 */
export function freePort(wanted = 0) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error) => (error.code === "EADDRINUSE" ? resolve(undefined) : reject(error)));
    server.listen(wanted, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
