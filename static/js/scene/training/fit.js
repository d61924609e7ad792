/** A function of one input: its curve. */

/** @typedef {import("../../layout/layout.js").Box} Box */
/** @typedef {import("../../state/training/maps.js").Map2} Map2 */

/**
 * The path of a curve through a box, cut off where it leaves; NaN leaves a gap.
 * @param {Map2} map
 * @param {Box} box
 * @param {[number, number]} range of what is at its foot and at its top
 * @returns {string}
 */
export function curvePath({ values }, { x, y, w, h }, [low, high]) {
  let [d, on] = ["", false];
  values.forEach((value, i) => {
    if (!Number.isFinite(value)) return void (on = false);
    const share = Math.min(1, Math.max(0, (value - low) / (high - low || 1)));
    const across = x - w / 2 + (i / (values.length - 1)) * w;
    d += `${on ? "L" : "M"}${Math.round(across * 10) / 10} ${Math.round((y + h / 2 - share * h) * 10) / 10}`;
    on = true;
  });
  return d;
}
