/** A sweep as comma-separated values, RFC 4180. */

/** @typedef {import("../../scene/lab/map.js").Grid} Grid */

const COLUMNS = /** @type {const} */ (["predicted_log10_ratio", "sigma_w", "sigma_b", "q_star", "chi_1", "phase", "failed"]);

/** @param {{points: readonly (import("./sweep.js").SweepPoint | undefined)[], x: import("./sweep.js").SweepAxis, y: import("./sweep.js").SweepAxis}} grid */
export function writeSweepCsv({ points, x, y }) {
  const rows = y.values.length;
  const head = [x.name, y.name, "log10_ratio_mean", "log10_ratio_std", ...COLUMNS];
  const lines = points.flatMap((point) => {
    if (!point) return [];
    const names = [x.texts[Math.floor(point.point / rows)], y.texts[point.point % rows]];
    return [[...names, point.log10_ratio?.mean, point.log10_ratio?.std, ...COLUMNS.map((column) => point[column])]];
  });
  return [head, ...lines].map((line) => `${line.map(quote).join(",")}\r\n`).join("");
}

/** @param {unknown} value */
function quote(value) {
  const text = value === null || value === undefined ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
