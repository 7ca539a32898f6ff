// Numbers for tests that draw: small, and the same again from the same seed.

/**
 * A generator.
 *
 * @param {number} seed a whole number
 * @returns {() => number} numbers from 0 up to, not including, 1
 */
export function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
