// The one wasm instance of this isolate, and its replacement after a panic. A panic leaves the instance unusable and
// every call in flight without an answer, so all of them are rejected at once and the next call starts afresh. And what is said
// of faults where wasm can say nothing.
import * as wasm from "./index.js";

const inFlight = new Set();
let broken = false;

/** As many lines as are written in ten seconds, and how many still may be. */
const LINES = 100;
let [since, room, unwritten] = [0, 0, 0];

/** Writes what failed to the log, in the form of the lines that wasm writes; answers its reference number. */
export function fault(where, thrown) {
  const now = Date.now();
  const ref = (now * 1296 + Math.floor(Math.random() * 1296)).toString(36).toUpperCase();
  if (now - since >= 10_000) [since, room] = [now, LINES];
  if (room > 0) console.error(JSON.stringify({ ref, fault: `${where}: ${thrown}` }));
  else unwritten += 1;
  room -= 1;
  return ref;
}

/** How many lines had no room since this was last asked. */
export function takeUnwritten() {
  const lines = unwritten;
  unwritten = 0;
  return lines;
}

function lose(why) {
  broken = true;
  fault("the wasm instance is lost", why);
  for (const reject of inFlight) reject(new Error("the instance was replaced"));
  inFlight.clear();
}

/** Whether wasm was left in the middle: a trap, or the end of the stack. */
const isFatal = (fault) => fault instanceof WebAssembly.RuntimeError || fault instanceof RangeError;

// What is thrown inside a future, a timer or a promise's callback reaches nobody's `catch`; it is reported here.
addEventListener("error", ({ error }) => isFatal(error) && lose(error));
addEventListener("unhandledrejection", ({ reason }) => isFatal(reason) && lose(reason));

function whole() {
  if (!broken) return;
  wasm.__wbg_reset_state();
  broken = false;
}

/** Calls into wasm without waiting. */
export function call(work) {
  whole();
  try {
    return work(wasm);
  } catch (fault) {
    if (isFatal(fault)) lose(fault);
    throw fault;
  }
}

/** Calls into wasm and waits; a panic in any call rejects this one too. */
export function wait(work) {
  return new Promise((resolve, reject) => {
    const settled = (how) => (value) => {
      inFlight.delete(reject);
      how(value);
    };
    try {
      const promise = call(work);
      inFlight.add(reject);
      promise.then(settled(resolve), settled(reject));
    } catch (fault) {
      reject(fault);
    }
  });
}
