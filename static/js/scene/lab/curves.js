/** A sweep as curves over the first option, one per value of the second, beside theory. */

import { listTicks } from "../../layout/axes.js";
import { writePower } from "../../layout/lab/axis.js";
import { toNumber } from "../../layout/number.js";
import { drawTicks, frame, nameCell, write } from "./map.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("./map.js").Grid} Grid */
/** @typedef {{j: number, y: number, isChosen: boolean}} End where the name of a curve belongs */

const TEXT = 12;
/** From the baseline of one name to that of the next. */
const LINE = 14;

/**
 * A curve of the log ratio over x for every value of y.
 * @param {Grid} grid
 * @param {{width: number, height: number}} size
 * @param {import("./map.js").MapLooking} looking
 * @returns {Mark[]}
 */
export function sceneCurves(grid, { width, height }, looking) {
  const { points, x, y } = grid;
  const area = frame(width, height, looking, { ...grid, y: { ...y, named: false } });
  const rows = y.values.length;
  const all = points.flatMap((point) => {
    const [mean, std, predicted] = [toNumber(point?.log10_ratio?.mean), toNumber(point?.log10_ratio?.std), toNumber(point?.predicted_log10_ratio)];
    return [mean - std, mean + std, predicted].filter(Number.isFinite);
  });
  const [low, high] = [Math.min(-1, ...all), Math.max(1, ...all)];
  const right = area.right - (y.named ? 90 : 40);
  const step = (right - area.left) / x.values.length;
  const px = (/** @type {number} */ i) => area.left + (i + 0.5) * step;
  const py = (/** @type {number} */ value) => area.bottom - ((value - low) / (high - low)) * (area.bottom - area.top);
  const chosen = looking.hover ?? looking.selected;
  const ticks = listTicks(low, high, Math.max(3, Math.floor((area.bottom - area.top) / 44)));
  /** @type {End[]} */
  const ends = [];
  const curves = y.values.flatMap((_, j) => {
    const line = x.values.flatMap((_, i) => {
      const ratio = points[i * rows + j]?.log10_ratio;
      const [mean, std] = [toNumber(ratio?.mean), toNumber(ratio?.std)];
      return Number.isFinite(mean) ? [{ i, mean, std: Number.isFinite(std) ? std : 0 }] : [];
    });
    const last = line.at(-1);
    if (!last) return [];
    const isChosen = chosen !== null && chosen % rows === j;
    ends.push({ j, y: py(last.mean) + 4, isChosen });
    const strength = 0.35 + (0.65 * (j + 1)) / rows;
    const predicted = x.values.flatMap((_, i) => {
      const value = toNumber(points[i * rows + j]?.predicted_log10_ratio);
      return Number.isFinite(value) ? [`${write(px(i))} ${write(py(value))}`] : [];
    });
    const band = [...line.map(({ i, mean, std }) => `${write(px(i))} ${write(py(mean + std))}`), ...line.toReversed().map(({ i, mean, std }) => `${write(px(i))} ${write(py(mean - std))}`)];
    return [
      /** @type {Mark} */ ({ key: `band:${j}`, shape: "path", d: `M${band.join("L")}Z`, fill: "backward", opacity: 0.16 }),
      ...(predicted.length > 1 ? [/** @type {Mark} */ ({ key: `theory:${j}`, shape: "path", d: `M${predicted.join("L")}`, stroke: "forward", strokeWidth: isChosen ? 2 : 1.25, opacity: chosen === null || isChosen ? 0.9 : 0.35, fill: "none" })] : []),
      /** @type {Mark} */ ({ key: `curve:${j}`, shape: "path", d: line.map(({ i, mean }, n) => `${n ? "L" : "M"}${write(px(i))} ${write(py(mean))}`).join(""), stroke: isChosen ? "ink" : "backward", strokeWidth: isChosen ? 3 : 2, opacity: isChosen ? 1 : strength, fill: "none" }),
    ];
  });
  return [
    { key: "grid", shape: "path", d: ticks.map((value) => `M${area.left} ${write(py(value))}H${right}`).join(""), stroke: "rule", strokeWidth: 1, fill: "none" },
    { key: "zero", shape: "path", d: `M${area.left} ${write(py(0))}H${right}`, stroke: "ink-3", strokeWidth: 1.25, dash: "2 4", fill: "none" },
    ...ticks.map((value) => /** @type {Mark} */ ({ key: `tick:${value}`, shape: "text", x: area.left - 8, y: py(value) + 4, ...writePower(value), size: TEXT, anchor: "end", fill: "ink-2" })),
    ...drawTicks({ ...area, right, w: step }, x, { ...y, texts: [], label: "left at layer 1" }),
    { key: "curves:name", shape: "text", x: area.right, y: area.top - 12, text: y.label, size: TEXT + 1, weight: 650, anchor: "end", fill: "ink" },
    ...curves,
    ...spreadOut(ends, area.top, area.bottom).map((end) => /** @type {Mark} */ ({ key: `curve:name:${end.j}`, shape: "text", x: px(x.values.length - 1) + 10, y: end.y, text: y.texts[end.j], size: TEXT, weight: end.isChosen ? 700 : 500, fill: end.isChosen ? "ink" : "ink-2", halo: "paper" })),
    ...Array.from({ length: x.values.length * rows }, (_, point) => {
      const mean = toNumber(points[point]?.log10_ratio?.mean);
      const at = { x: px(Math.floor(point / rows)), y: Number.isFinite(mean) ? py(mean) : area.bottom };
      return /** @type {Mark} */ ({ key: `handle:${point}`, shape: "circle", ...at, r: Math.min(9, Math.max(4, step / 2)), fill: looking.selected === point ? "ink" : "transparent", tone: "handle", id: String(point), label: nameCell(grid, point) });
    }),
  ];
}

/**
 * Names pushed apart where they would meet; where there is no room for all, only those that fit.
 * @param {readonly End[]} ends
 * @param {number} top
 * @param {number} bottom
 * @returns {End[]}
 */
function spreadOut(ends, top, bottom) {
  const room = Math.max(1, Math.floor((bottom - top) / LINE));
  const every = Math.ceil(ends.length / room);
  const kept = ends.filter(({ isChosen }, i) => isChosen || i % every === 0).sort((a, b) => a.y - b.y).slice(-room);
  const placed = kept.map((end) => ({ ...end }));
  placed.forEach((end, i) => void (i > 0 && (end.y = Math.max(end.y, placed[i - 1].y + LINE))));
  const over = (placed.at(-1)?.y ?? 0) - (bottom + 4);
  // Back up from the lower end as far as it takes.
  if (over > 0) placed.toReversed().reduce((limit, end) => ((end.y = Math.min(end.y, limit)), end.y - LINE), bottom + 4);
  return placed;
}
