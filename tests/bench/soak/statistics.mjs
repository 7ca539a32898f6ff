// The few statistics that the soak judges by; none of them assumes a shape of the noise.

/** The middle of `values`. */
export const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/**
 * The interval that holds the median of whatever the values were drawn from, by order statistics: how many of n independent
 * values lie below it is binomial with one half.
 *
 * @param {number[]} values independent draws
 * @param {number} confidence for instance 0.99; what the interval really holds is at least that
 * @returns {[number, number]} from, to
 */
export function medianInterval(values, confidence) {
  const sorted = values.toSorted((a, b) => a - b);
  const n = sorted.length;
  // The probability of exactly k below, in logarithms: 2^-n is beyond a double's reach for the n that a soak has.
  let log = -n * Math.LN2;
  let below = 0;
  for (let k = 0; k < n / 2; k += 1) {
    below += Math.exp(log);
    if (below > (1 - confidence) / 2) return k === 0 ? [-Infinity, Infinity] : [sorted[k - 1], sorted[n - k]];
    log += Math.log((n - k) / (k + 1));
  }
  return [sorted[Math.floor((n - 1) / 2)], sorted[Math.ceil((n - 1) / 2)]];
}

/**
 * The slope of the line through points that is nearest by least squares.
 *
 * @param {[number, number][]} points x and y
 * @returns {number} y per x
 */
export function slope(points) {
  const mean = (at) => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const over = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
  return points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0) / over;
}
