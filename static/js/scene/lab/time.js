/** The gradient through time: one curve per kind of cell over the time steps, on one axis. */

import { fitAxis, listAxisTicks, listBetween, place } from "../../layout/lab/axis.js";
import { listNumbered } from "../../layout/lab/frame.js";
import { NONE, QUANTITIES } from "../../layout/lab/quantities.js";
import { listPredicted, listReach } from "../../layout/lab/series.js";
import { formatNumber } from "../../layout/number.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("../../layout/lab/flow.js").Flow} Flow */
/** @typedef {{name: string, label: string, flow: Flow}} CellFlow */
/**
 * @typedef {object} TimeLooking
 * @property {import("../../layout/lab/quantities.js").Shown} shown
 * @property {number} playhead time steps reached so far, from the last on
 * @property {number | null} selected index of a time step
 * @property {number | null} hover
 * @property {number} top
 */

const TEXT = 12;
/** Tokens and dashes of the curves: told apart by both, and by the name at the end. */
const STYLES = [{ stroke: "backward" }, { stroke: "forward", dash: "9 4" }, { stroke: "update", dash: "2 5" }, { stroke: "loss", dash: "12 4 2 4" }];
const LABEL = 56;

/** @param {number} index */
export function styleOf(index) {
  return STYLES[index % STYLES.length];
}

/**
 * @param {readonly CellFlow[]} cells
 * @param {{width: number, height: number}} size
 * @param {TimeLooking} looking
 * @returns {Mark[]}
 */
export function sceneTime(cells, { width, height }, looking) {
  const { shown, playhead, top } = looking;
  const count = cells[0].flow.layers.length;
  const narrow = width < 560;
  const frame = { left: (narrow ? 46 : 72) + LABEL, right: width - (narrow ? 14 : 28), top, bottom: height - 40 };
  const step = (frame.right - frame.left) / count;
  const x = (/** @type {number} */ i) => frame.left + (i + 0.5) * step;
  const quantity = QUANTITIES[shown];
  const series = cells.map(({ flow }) => flow.layers.map(quantity.read));
  const theory = cells.map(({ flow }) => listPredicted(flow.layers, quantity));
  const reach = quantity.spread === "spread" && quantity.logarithmic ? series.flat().map(({ mean }) => mean) : listReach(series.flat(), quantity);
  const axis = fitAxis([...reach, ...theory.flat()], quantity);
  const y = (/** @type {number} */ value) => frame.bottom - (place(value, axis) || 0) * (frame.bottom - frame.top);
  const ticks = listAxisTicks(axis, Math.max(2, Math.floor((frame.bottom - frame.top) / 40)));
  /** Whether a value has a place on the axis. */
  const stands = (/** @type {number} */ value) => Number.isFinite(value) && (value > 0 || !axis.logarithmic);
  const edge = frame.left - LABEL;
  const column = (/** @type {string} */ key, /** @type {number | null} */ i, /** @type {number} */ opacity) =>
    i === null || i >= count ? [] : [/** @type {Mark} */ ({ key, shape: "rect", x: x(i) - Math.max(step, 6) / 2, y: top - 10, width: Math.max(step, 6), height: frame.bottom - top + 34, rx: 4, fill: "backward-tint", opacity })];
  return [
    ...column("column:hover", looking.hover === looking.selected ? null : looking.hover, 0.6),
    ...column("column:selected", looking.selected, 1),
    { key: "grid:between", shape: "path", d: listBetween(axis).map((at) => `M${edge} ${write(y(at))}H${frame.right}`).join(""), stroke: "rule", strokeWidth: 1, fill: "none", opacity: 0.45 },
    { key: "grid", shape: "path", d: ticks.map(({ at }) => `M${edge} ${write(y(at))}H${frame.right}`).join(""), stroke: "rule", strokeWidth: 1, fill: "none" },
    ...ticks.map(({ at, text, raised }) => /** @type {Mark} */ ({ key: `tick:${at}`, shape: "text", x: edge - 8, y: y(at) + 4, text, raised, size: TEXT, anchor: "end", fill: "ink-2" })),
    ...(shown === "factor" ? [/** @type {Mark} */ ({ key: "level", shape: "path", d: `M${edge} ${write(y(1))}H${frame.right}`, stroke: "ink-3", strokeWidth: 1.25, dash: "2 4", fill: "none" })] : []),
    { key: "ground", shape: "path", d: `M${frame.left} ${frame.bottom}H${frame.right}`, stroke: "ink-3", strokeWidth: 1, fill: "none" },
    { key: "step", shape: "text", x: frame.left - 10, y: frame.bottom + 18, text: "time step", size: TEXT, anchor: "end", fill: "ink-2" },
    ...listNumbered(count, step).map((i) => /** @type {Mark} */ ({ key: `number:${i}`, shape: "text", x: x(i), y: frame.bottom + 18, text: String(i + 1), size: TEXT, anchor: "middle", fill: "ink-2" })),
    ...theory.flatMap((values, c) => drawTheory(values, c)),
    ...series.flatMap((summaries, c) => drawCurve(summaries, c)),
    ...drawNames(),
    ...Array.from({ length: count }, (_, i) => handle(i)),
  ];

  /** @param {number[]} values @param {number} c @returns {Mark[]} */
  function drawTheory(values, c) {
    const d = joinPoints(values.map((value, i) => (stands(value) ? { x: x(i), y: y(value) } : null)));
    return d ? [{ key: `theory:${c}`, shape: "path", d, stroke: styleOf(c).stroke, strokeWidth: 1.25, fill: "none", opacity: 0.7 }] : [];
  }

  /** @param {readonly import("../../layout/lab/quantities.js").Reading[]} readings @param {number} c @returns {Mark[]} */
  function drawCurve(readings, c) {
    const from = Math.max(0, count - playhead);
    const points = readings.map(({ mean }, i) => (i >= Math.floor(from) && stands(mean) ? { x: x(i), y: y(mean), i } : null));
    const reached = points.filter((point) => point !== null && point.i >= from - 1e-9);
    const first = reached[0];
    if (!first) return [];
    const { stroke, dash } = styleOf(c);
    // Between two time steps the front is on its way along the curve.
    const next = points[first.i - 1];
    const u = first.i - from;
    const front = next && playhead < count ? { x: first.x + (next.x - first.x) * u, y: first.y + (next.y - first.y) * u } : first;
    const whole = [...(front === first ? [] : [front]), ...points.slice(first.i)];
    const edgeAt = (/** @type {(reading: import("../../layout/lab/quantities.js").Reading) => number} */ read) => readings.flatMap((reading, i) => (points[i] && i >= first.i ? [{ x: x(i), y: y(read(reading)) }] : []));
    const high = edgeAt((reading) => reading.high);
    // A spread over more than a power of ten has no lower end worth drawing.
    const low = edgeAt(({ mean, low: least }) => (axis.logarithmic && quantity.spread === "spread" ? Math.max(least, mean / 10) : least));
    const band = [...high, ...low.toReversed()].filter(({ y: at }) => Number.isFinite(at));
    return [
      ...(band.length > 2 ? [/** @type {Mark} */ ({ key: `band:${c}`, shape: "path", d: `M${band.map((point) => `${write(point.x)} ${write(point.y)}`).join("L")}Z`, fill: stroke, opacity: 0.13 })] : []),
      { key: `curve:${c}`, shape: "path", d: joinPoints(whole), stroke, strokeWidth: 2.75, dash, fill: "none" },
      ...(playhead < count ? [/** @type {Mark} */ ({ key: `bead:${c}`, shape: "circle", x: front.x, y: front.y, r: 5.5, fill: stroke, stroke: "paper", strokeWidth: 2 })] : []),
    ];
  }

  /** Names at the left ends of the curves, pushed apart where they would meet. @returns {Mark[]} */
  function drawNames() {
    const ends = series
      .map((readings, c) => {
        const from = Math.max(0, Math.ceil(count - playhead - 1e-9));
        const at = readings.findIndex(({ mean }, i) => i >= from && stands(mean));
        return { c, at, y: at < 0 ? NaN : y(readings[at].mean) };
      })
      .filter(({ at }) => at >= 0 && playhead > 0)
      .sort((a, b) => a.y - b.y);
    ends.forEach((end, i) => void (i > 0 && (end.y = Math.max(end.y, ends[i - 1].y + 16))));
    const over = (ends.at(-1)?.y ?? 0) - (frame.bottom - 2);
    if (over > 0) ends.forEach((end) => void (end.y -= over));
    return ends.map(({ c, at, y: end }) => ({ key: `name:${c}`, shape: "text", x: x(at) - 8, y: end + 4, text: cells[c].name.toUpperCase(), size: 13, weight: 700, anchor: "end", fill: styleOf(c).stroke, halo: "paper" }));
  }

  /** @param {number} i @returns {Mark} */
  function handle(i) {
    const said = i >= count - playhead ? cells.map(({ label }, c) => `${label} ${series[c][i] === NONE ? "\u2013" : formatNumber(series[c][i].mean)}`).join(", ") : "not reached yet";
    return { key: `handle:${i}`, shape: "rect", x: x(i) - step / 2, y: top - 10, width: step, height: frame.bottom - top + 34, fill: "transparent", tone: "handle", id: String(i), label: `Time step ${i + 1}: ${said}` };
  }
}

/** @param {readonly ({x: number, y: number} | null)[]} points */
function joinPoints(points) {
  let open = false;
  let d = "";
  for (const point of points) {
    if (point) d += `${open ? "L" : "M"}${write(point.x)} ${write(point.y)}`;
    open = point !== null;
  }
  return d;
}

/** @param {number} value */
function write(value) {
  return Math.round(value * 100) / 100;
}
