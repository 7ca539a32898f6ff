// What an isolate has counted, told every few seconds by whoever comes by: to the platform's Analytics Engine where it is
// bound, else as one line in the log.
import { call } from "./instance.mjs";

/** Each point costs, and no alarm needs to know sooner. */
const EVERY = 10_000;
let last = 0;

export function tell(env, atOnce = false) {
  const now = Date.now();
  if (now - last < EVERY && !atOnce) return;
  last = now;
  try {
    const counts = call((wasm) => wasm.told());
    if (!counts) return;
    if (!env.COUNTERS) return console.log(`{"counts":${counts}}`);
    for (const [name, count] of Object.entries(JSON.parse(counts))) {
      env.COUNTERS.writeDataPoint({ indexes: [name], blobs: [name], doubles: [count] });
    }
  } catch (fault) {
    console.error("counters:", String(fault));
  }
}
