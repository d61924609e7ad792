/** A sweep as a picture: a map of cells over two options, or a curve per value of the second. */

import { listTicks } from "../../layout/axes.js";
import { findEdge } from "../../layout/lab/edge.js";
import { formatNumber, toNumber } from "../../layout/number.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("../../layout/lab/sweep.js").SweepPoint} SweepPoint */
/** @typedef {import("../../layout/lab/sweep.js").SweepAxis} SweepAxis */
/** @typedef {{points: readonly (SweepPoint | undefined)[], x: SweepAxis, y: SweepAxis}} Grid `points` are x by y, y changing fastest */
/** @typedef {{selected: number | null, hover: number | null, top: number}} MapLooking */

const TEXT = 12;
/** So many powers of ten have the strongest color, at least. */
const LEAST_REACH = 2;
const LEGEND = { width: 190, height: 12 };

/**
 * The strongest color stands for so many powers of ten.
 * @param {Grid} grid
 */
export function reachOf({ points }) {
  const sizes = points.map((point) => Math.abs(toNumber(point?.log10_ratio?.mean))).filter(Number.isFinite);
  return Math.max(LEAST_REACH, Math.ceil(Math.max(0, ...sizes)));
}

/** @param {number} width @param {number} height @param {MapLooking} looking @param {Grid} grid */
function frame(width, height, { top }, { x, y }) {
  const narrow = width < 560;
  const named = y.named ? (narrow ? 96 : 150) : narrow ? 56 : 84;
  const area = { left: named, right: width - (narrow ? 14 : 28), top: top + 30, bottom: height - (x.named ? 96 : 52) };
  return { ...area, w: (area.right - area.left) / x.values.length, h: (area.bottom - area.top) / y.values.length };
}

/**
 * @param {Grid} grid
 * @param {{width: number, height: number}} size
 * @param {MapLooking} looking
 * @returns {{cells: Mark[], marks: Mark[]}} cells are many and plain; marks stand over them
 */
export function sceneMap(grid, { width, height }, looking) {
  const { points, x, y } = grid;
  const area = frame(width, height, looking, grid);
  const reach = reachOf(grid);
  const rows = y.values.length;
  const place = (/** @type {number} */ point) => ({ x: area.left + Math.floor(point / rows) * area.w, y: area.bottom - ((point % rows) + 1) * area.h, width: area.w, height: area.h });
  const gap = Math.min(area.w, area.h) > 8 ? 0.5 : 0;
  /** @type {Mark} */
  const ground = { key: "ground", shape: "rect", x: area.left, y: area.top, width: area.right - area.left, height: area.bottom - area.top, fill: "paper" };
  const cells = Array.from({ length: x.values.length * rows }, (_, point) => {
    const at = place(point);
    const inner = { x: at.x + gap, y: at.y + gap, width: at.width - 2 * gap, height: at.height - 2 * gap };
    const known = points[point];
    const value = toNumber(known?.log10_ratio?.mean);
    if (Number.isNaN(value)) return /** @type {Mark} */ ({ key: `cell:${point}`, shape: "rect", ...inner, fill: "rule", opacity: known ? 1 : 0.35 });
    return /** @type {Mark} */ ({ key: `cell:${point}`, shape: "rect", ...inner, fill: value < 0 ? "positive" : "negative", opacity: Math.max(1 / 16, Math.min(1, Math.abs(value) / reach)) });
  });
  const outline = (/** @type {string} */ key, /** @type {number | null} */ point, /** @type {number} */ strokeWidth) =>
    point === null || point >= cells.length ? [] : [/** @type {Mark} */ ({ key, shape: "rect", ...place(point), rx: 2, fill: "none", stroke: "ink", strokeWidth })];
  const edge = findEdge(points, x.values.length, rows);
  const d = edge.map((at, i) => `${i ? "L" : "M"}${write(area.left + (at.x + 0.5) * area.w)} ${write(area.bottom - (at.y + 0.5) * area.h)}`).join("");
  const high = edge.at(-1);
  const marks = [
    ...drawTicks(area, x, y),
    ...(edge.length > 1 && high
      ? [
          /** @type {Mark} */ ({ key: "edge:ground", shape: "path", d, stroke: "paper", strokeWidth: 6, fill: "none", opacity: 0.85 }),
          /** @type {Mark} */ ({ key: "edge", shape: "path", d, stroke: "ink", strokeWidth: 2.5, dash: "7 4", fill: "none" }),
          /** @type {Mark} */ ({ key: "edge:name", shape: "text", x: Math.min(area.right - 92, area.left + (high.x + 0.5) * area.w + 8), y: area.bottom - (high.y + 0.5) * area.h + 4, text: "edge of chaos", size: TEXT, weight: 650, fill: "ink", halo: "paper" }),
        ]
      : []),
    ...outline("hover", looking.hover === looking.selected ? null : looking.hover, 1.5),
    ...outline("selected", looking.selected, 2.5),
    ...drawLegend(area.right - LEGEND.width, looking.top - 4, reach),
    ...cells.map((_, point) => /** @type {Mark} */ ({ key: `handle:${point}`, shape: "rect", ...place(point), fill: "transparent", tone: "handle", id: String(point), label: nameCell(grid, point) })),
  ];
  return { cells: [ground, ...cells], marks };
}

/**
 * @param {Grid} grid
 * @param {number} point
 */
export function nameCell({ points, x, y }, point) {
  const rows = y.values.length;
  const known = points[point];
  const said = !known ? "not measured yet" : known.log10_ratio ? `log ratio ${formatNumber(known.log10_ratio.mean)}` : "failed";
  return `${x.label} ${x.texts[Math.floor(point / rows)]}, ${y.label} ${y.texts[point % rows]}: ${said}`;
}

/** @param {ReturnType<typeof frame>} area @param {SweepAxis} x @param {SweepAxis} y @returns {Mark[]} */
function drawTicks(area, x, y) {
  const step = (/** @type {number} */ room, /** @type {number} */ size) => Math.max(1, Math.ceil(room / size));
  const [everyX, everyY] = [step(x.named ? 16 : 38, area.w), step(18, area.h)];
  const across = x.texts.flatMap((text, i) => (i % everyX ? [] : [{ text, i }]));
  const up = y.texts.flatMap((text, i) => (i % everyY ? [] : [{ text, i }]));
  return [
    ...(x.named
      ? across.map(({ text, i }, at) => /** @type {Mark} */ ({ key: `x:${i}`, shape: "text", x: area.left + (i + 0.5) * area.w, y: area.bottom + 18 + 14 * (at % 5), text, size: TEXT - 1, anchor: "middle", fill: "ink-2", halo: "paper" }))
      : across.map(({ text, i }) => /** @type {Mark} */ ({ key: `x:${i}`, shape: "text", x: area.left + (i + 0.5) * area.w, y: area.bottom + 18, text, size: TEXT, anchor: "middle", fill: "ink-2" }))),
    ...up.map(({ text, i }) => /** @type {Mark} */ ({ key: `y:${i}`, shape: "text", x: area.left - 8, y: area.bottom - (i + 0.5) * area.h + 4, text, size: TEXT, anchor: "end", fill: "ink-2" })),
    { key: "x:name", shape: "text", x: area.right, y: area.bottom + (x.named ? 92 : 38), text: `${x.label} \u2192`, size: TEXT + 1, weight: 650, anchor: "end", fill: "ink" },
    { key: "y:name", shape: "text", x: 12, y: area.top - 12, text: `\u2191 ${y.label}`, size: TEXT + 1, weight: 650, fill: "ink" },
  ];
}

/** @param {number} left @param {number} top @param {number} reach @returns {Mark[]} */
function drawLegend(left, top, reach) {
  const steps = 15;
  const w = LEGEND.width / steps;
  const swatches = Array.from({ length: steps }, (_, i) => {
    const value = (2 * (i + 0.5)) / steps - 1;
    return /** @type {Mark} */ ({ key: `legend:${i}`, shape: "rect", x: left + i * w, y: top, width: w + 0.5, height: LEGEND.height, fill: value < 0 ? "positive" : "negative", opacity: Math.max(1 / 16, Math.abs(value)) });
  });
  const label = (/** @type {string} */ key, /** @type {number} */ x, /** @type {string} */ raised, /** @type {"start" | "middle" | "end"} */ anchor) =>
    /** @type {Mark} */ ({ key: `legend:${key}`, shape: "text", x, y: top - 5, text: raised === "0" ? "1" : "10", ...(raised === "0" ? {} : { raised }), size: TEXT - 1, anchor, fill: "ink-2" });
  return [
    ...swatches,
    label("low", left, `\u2212${reach}`, "start"),
    label("one", left + LEGEND.width / 2, "0", "middle"),
    label("high", left + LEGEND.width, String(reach), "end"),
  ];
}

/**
 * A curve of the log ratio over x for every value of y.
 * @param {Grid} grid
 * @param {{width: number, height: number}} size
 * @param {MapLooking} looking
 * @returns {Mark[]}
 */
export function sceneCurves(grid, { width, height }, looking) {
  const { points, x, y } = grid;
  const area = frame(width, height, looking, { ...grid, y: { ...y, named: false } });
  const rows = y.values.length;
  const known = points.flatMap((point) => (point?.log10_ratio && Number.isFinite(toNumber(point.log10_ratio.mean)) ? [point] : []));
  const all = known.flatMap(({ log10_ratio: ratio }) => (ratio ? [toNumber(ratio.mean) - toNumber(ratio.std), toNumber(ratio.mean) + toNumber(ratio.std)] : [])).filter(Number.isFinite);
  const [low, high] = [Math.min(-1, ...all), Math.max(1, ...all)];
  const right = area.right - (y.named ? 90 : 40);
  const step = (right - area.left) / x.values.length;
  const px = (/** @type {number} */ i) => area.left + (i + 0.5) * step;
  const py = (/** @type {number} */ value) => area.bottom - ((value - low) / (high - low)) * (area.bottom - area.top);
  const chosen = looking.hover ?? looking.selected;
  const ticks = listTicks(low, high, Math.max(3, Math.floor((area.bottom - area.top) / 44)));
  const curves = y.values.flatMap((_, j) => {
    const line = x.values.flatMap((_, i) => {
      const ratio = points[i * rows + j]?.log10_ratio;
      const [mean, std] = [toNumber(ratio?.mean), toNumber(ratio?.std)];
      return Number.isFinite(mean) ? [{ i, mean, std: Number.isFinite(std) ? std : 0 }] : [];
    });
    const last = line.at(-1);
    if (!last) return [];
    const isChosen = chosen !== null && chosen % rows === j;
    const strength = 0.35 + (0.65 * (j + 1)) / rows;
    const band = [...line.map(({ i, mean, std }) => `${write(px(i))} ${write(py(mean + std))}`), ...line.toReversed().map(({ i, mean, std }) => `${write(px(i))} ${write(py(mean - std))}`)];
    return [
      /** @type {Mark} */ ({ key: `band:${j}`, shape: "path", d: `M${band.join("L")}Z`, fill: "backward", opacity: 0.12 }),
      /** @type {Mark} */ ({ key: `curve:${j}`, shape: "path", d: line.map(({ i, mean }, n) => `${n ? "L" : "M"}${write(px(i))} ${write(py(mean))}`).join(""), stroke: isChosen ? "ink" : "backward", strokeWidth: isChosen ? 3 : 2, opacity: isChosen ? 1 : strength, fill: "none" }),
      /** @type {Mark} */ ({ key: `curve:name:${j}`, shape: "text", x: px(last.i) + 8, y: py(last.mean) + 4, text: y.texts[j], size: TEXT, weight: isChosen ? 700 : 500, fill: "ink-2", halo: "paper" }),
    ];
  });
  return [
    { key: "grid", shape: "path", d: ticks.map((value) => `M${area.left} ${write(py(value))}H${right}`).join(""), stroke: "rule", strokeWidth: 1, fill: "none" },
    { key: "zero", shape: "path", d: `M${area.left} ${write(py(0))}H${right}`, stroke: "ink-3", strokeWidth: 1.25, dash: "2 4", fill: "none" },
    ...ticks.map((value) => /** @type {Mark} */ ({ key: `tick:${value}`, shape: "text", x: area.left - 8, y: py(value) + 4, text: value === 0 ? "1" : "10", ...(value === 0 ? {} : { raised: String(value).replace("-", "\u2212") }), size: TEXT, anchor: "end", fill: "ink-2" })),
    ...drawTicks({ ...area, right, w: step }, x, { ...y, texts: [], label: "left at layer 1" }),
    { key: "curves:name", shape: "text", x: area.right, y: area.top - 12, text: y.label, size: TEXT + 1, weight: 650, anchor: "end", fill: "ink" },
    ...curves,
    ...Array.from({ length: x.values.length * rows }, (_, point) => {
      const mean = toNumber(points[point]?.log10_ratio?.mean);
      const at = { x: px(Math.floor(point / rows)), y: Number.isFinite(mean) ? py(mean) : area.bottom };
      return /** @type {Mark} */ ({ key: `handle:${point}`, shape: "circle", ...at, r: Math.min(9, Math.max(4, step / 2)), fill: looking.selected === point ? "ink" : "transparent", tone: "handle", id: String(point), label: nameCell(grid, point) });
    }),
  ];
}

/** @param {number} value */
function write(value) {
  return Math.round(value * 100) / 100;
}
