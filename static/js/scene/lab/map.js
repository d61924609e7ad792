/** A sweep as a map: cells over two options, and the edge of chaos over them. */

import { readEdge } from "../../layout/lab/edge.js";
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

/**
 * How strong a color is. The root keeps what is small apart from nothing: where vanishing goes over
 * many powers of ten, exploding over a few has to be seen as well.
 * @param {number} share of the reach, from 0 to 1
 */
export function strengthOf(share) {
  return Math.max(1 / 16, Math.sqrt(Math.min(1, share)));
}

/** @param {number} width @param {number} height @param {MapLooking} looking @param {Grid} grid */
export function frame(width, height, { top }, { x, y }) {
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
    return /** @type {Mark} */ ({ key: `cell:${point}`, shape: "rect", ...inner, fill: value < 0 ? "positive" : "negative", opacity: strengthOf(Math.abs(value) / reach) });
  });
  const outline = (/** @type {string} */ key, /** @type {number | null} */ point, /** @type {number} */ strokeWidth) =>
    point === null || point >= cells.length ? [] : [/** @type {Mark} */ ({ key, shape: "rect", ...place(point), rx: 2, fill: "none", stroke: "ink", strokeWidth })];
  const { kind, along, crossings } = readEdge(grid);
  const px = (/** @type {number} */ at) => write(area.left + (at + 0.5) * area.w);
  const py = (/** @type {number} */ at) => write(area.bottom - (at + 0.5) * area.h);
  const line = crossings.map((at, i) => `${i ? "L" : "M"}${px(at.x)} ${py(at.y)}`);
  const own = crossings.map((at) => (along === "x" ? `M${px(at.x)} ${py(at.y - 0.45)}V${py(at.y + 0.45)}` : `M${px(at.x - 0.45)} ${py(at.y)}H${px(at.x + 0.45)}`));
  const d = (kind === "marks" ? own : line).join("");
  const high = crossings.at(-1);
  const marks = [
    ...drawTicks(area, x, y),
    ...((kind === "marks" || crossings.length > 1) && high
      ? [
          /** @type {Mark} */ ({ key: "edge:ground", shape: "path", d, stroke: "paper", strokeWidth: 6, fill: "none", opacity: 0.85 }),
          /** @type {Mark} */ ({ key: "edge", shape: "path", d, stroke: "ink", strokeWidth: 2.5, dash: kind === "marks" ? undefined : "7 4", fill: "none" }),
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
export function drawTicks(area, x, y) {
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
    return /** @type {Mark} */ ({ key: `legend:${i}`, shape: "rect", x: left + i * w, y: top, width: w + 0.5, height: LEGEND.height, fill: value < 0 ? "positive" : "negative", opacity: strengthOf(Math.abs(value)) });
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

/** @param {number} value */
export function write(value) {
  return Math.round(value * 100) / 100;
}
