// What an isolate has counted, told every few seconds by whoever comes by: to the platform's Analytics Engine where it is
// bound, else as one line in the log.
import { call, fault, takeUnwritten } from "./instance.mjs";

/** Each point costs, and no alarm needs to know sooner. */
const EVERY = 10_000;
let last = 0;
let unavailable = 0;

/** Counts a request that wasm gave no answer to: without a house it counts nothing itself. */
export const countUnavailable = () => (unavailable += 1);

export function tell(env, atOnce = false) {
  const now = Date.now();
  if (now - last < EVERY && !atOnce) return;
  last = now;
  try {
    const counts = JSON.parse(call((wasm) => wasm.told()) ?? "{}");
    if (unavailable) counts["refused.unavailable"] = (counts["refused.unavailable"] ?? 0) + unavailable;
    unavailable = 0;
    const unwritten = takeUnwritten();
    if (unwritten) counts.unwritten = (counts.unwritten ?? 0) + unwritten;
    const each = Object.entries(counts);
    if (!env.COUNTERS) return each.length ? console.log(JSON.stringify({ counts })) : undefined;
    for (const [name, count] of each) env.COUNTERS.writeDataPoint({ indexes: [name], blobs: [name], doubles: [count] });
  } catch (thrown) {
    fault("counters", thrown);
  }
}
