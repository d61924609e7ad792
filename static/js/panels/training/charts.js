/** What has been: loss, accuracy, gradients and updates by layer, each with its table. */

import { computed, effect, signal } from "@preact/signals-core";
import uPlot from "uplot";
import { formatNumber } from "../../layout/number.js";
import { h } from "../dom.js";
import { percent, writeCount } from "./control.js";
import { makeConfusion } from "./confusion.js";
import { makeSequenceTable } from "./sequences.js";

/** @typedef {import("../../state/training/store.js").Training} Training */
/** @typedef {{name: string, token: string, dash?: number[], values: () => (number | null)[]}} Series */

/** At most so many pictures of charts per second: more cannot be read. */
const INTERVAL = 90;
const HEIGHT = 168;
const MOST_ROWS = 40;
/** Layers by color and by dash, from the first. */
const LAYERS = [
  { token: "class-2" },
  { token: "class-1", dash: [6, 3] },
  { token: "class-3", dash: [2, 3] },
  { token: "class-4", dash: [10, 3, 2, 3] },
  { token: "class-5" },
  { token: "class-7", dash: [6, 3] },
  { token: "class-6", dash: [2, 3] },
  { token: "class-8", dash: [10, 3, 2, 3] },
];

/**
 * @param {HTMLElement} element
 * @param {Training} training
 * @param {{theme: {readonly value: string}}} page
 */
export function mountCharts(element, training, { theme }) {
  const { state, actions } = training;
  const past = state.history;
  const log = h("input", { type: "checkbox", id: "log", onchange: actions.toggleLogarithmic });
  effect(() => void (log.checked = state.logarithmic.value));
  const layers = computed(() => {
    void state.recorded.value;
    return Object.keys(past.norms).join();
  });
  const byLayer = (/** @type {"norms" | "ratios"} */ what) => () =>
    Object.keys(past[what]).map((layer, i) => ({ name: layer.replace(/^layer/, "layer "), ...LAYERS[i % LAYERS.length], values: () => past[what][layer] }));

  const loss = makeChart(training, theme, {
    title: "Loss",
    aside: h("label", { class: "check" }, log, h("span", {}, "log scale")),
    series: () => [
      { name: "training", token: "loss", values: () => past.loss },
      ...(past.validation.some((value) => value !== null) ? [{ name: "validation", token: "update", dash: [7, 4], values: () => past.validation }] : []),
    ],
    structure: () => String((state.frame.value?.validation_loss ?? null) === null),
    logarithmic: () => state.logarithmic.value,
    floor: 0,
  });
  const accuracy = makeChart(training, theme, {
    title: "Accuracy",
    series: () => [
      { name: "training", token: "loss", values: () => past.accuracy },
      ...(past.validationAccuracy.some((value) => value !== null) ? [{ name: "validation", token: "update", dash: [7, 4], values: () => past.validationAccuracy }] : []),
    ],
    structure: () => String((state.frame.value?.metrics.validation_accuracy ?? null) === null),
    write: (value) => percent(value),
    floor: 0,
    ceiling: 1,
  });
  const judged = computed(() => (state.frame.value?.metrics.accuracy ?? null) !== null);
  effect(() => void (accuracy.hidden = !judged.value));
  element.append(
    loss,
    accuracy,
    makeConfusion(training),
    makeSequenceTable(training),
    makeChart(training, theme, { title: "Gradient norm by layer", series: byLayer("norms"), structure: () => layers.value, logarithmic: () => true }),
    makeChart(training, theme, {
      title: "Update to weight by layer",
      note: "The size of a step over the size of what it moves; about 0.001 is usual.",
      series: byLayer("ratios"),
      structure: () => layers.value,
      logarithmic: () => true,
    }),
  );
}

/**
 * @param {Training} training
 * @param {{readonly value: string}} theme
 * @param {{title: string, note?: string, aside?: HTMLElement, series: () => Series[], structure: () => string,
 *   logarithmic?: () => boolean, write?: (value: number | null | undefined) => string, floor?: number, ceiling?: number}} options
 */
function makeChart({ state }, theme, { title, note, aside, series, structure, logarithmic = () => false, write = (value) => formatNumber(value), floor, ceiling }) {
  const place = h("div", { class: "chart", role: "img" });
  const legend = h("ul", { class: "legend" });
  const table = h("table", {});
  const scroll = h("div", { class: "rows", tabindex: "0", role: "region", "aria-label": `${title} as a table` }, table);
  const details = h("details", { ontoggle: () => draw() }, h("summary", {}, "As a table"), scroll);
  const section = h("section", { class: "chart-section", "aria-label": `${title}: chart` }, h("div", { class: "chart-head" }, h("h2", {}, title), aside), place, legend, note && h("p", { class: "quiet note" }, note), details);
  const width = signal(0);
  new ResizeObserver(() => (width.value = place.clientWidth)).observe(place);
  // Frames come many times a second; only another structure draws the axes anew.
  const shape = computed(structure);
  /** @type {uPlot | null} */
  let plot = null;
  /** @type {Series[]} */
  let shown = [];
  /** @type {HTMLElement[]} */
  let numbers = [];

  effect(() => {
    const [wide, log] = [width.value, logarithmic()];
    void [shape.value, theme.value];
    plot?.destroy();
    plot = null;
    if (wide < 80) return;
    shown = series();
    numbers = shown.map(() => h("b", {}));
    legend.replaceChildren(...shown.map(({ name, token, dash }, i) => h("li", {}, swatch(token, dash), h("span", {}, name), numbers[i])));
    const style = getComputedStyle(place);
    const probe = h("i", { hidden: true });
    place.append(probe);
    const color = (/** @type {string} */ token) => {
      probe.style.color = `var(--${token})`;
      return getComputedStyle(probe).color;
    };
    const axis = { stroke: color("ink-2"), font: `12px ${style.fontFamily}`, grid: { stroke: color("rule"), width: 1 }, ticks: { show: false } };
    plot = new uPlot(
      {
        width: wide,
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        padding: [10, 12, 0, 0],
        scales: { x: { time: false, range: (_, low, high) => [low ?? 0, Math.max(high ?? 1, (low ?? 0) + 1)] }, y: log ? { distr: 3, range: (_, low, high) => spread(low, high) } : { range: (_, low, high) => [floor ?? low, ceiling ?? Math.max(high * 1.05, (floor ?? low) + 1e-9)] } },
        axes: [
          { ...axis, size: 28, space: 64, values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? writeCount(tick) : "")) },
          { ...axis, size: 52, space: 30, ...(log && { splits: (_, __, low, high) => listDecades(low, high) }), values: (_, ticks) => ticks.map((tick) => (tick === null ? "" : write(tick))) },
        ],
        series: [{}, ...shown.map(({ token, dash }) => ({ stroke: color(token), width: 2.25, dash, points: { show: false }, spanGaps: true }))],
      },
      [[], ...shown.map(() => [])],
      place,
    );
    probe.remove();
    draw();
  });

  let due = false;
  effect(() => {
    void state.recorded.value;
    if (due) return;
    due = true;
    setTimeout(() => {
      due = false;
      draw();
    }, INTERVAL);
  });
  return section;

  function draw() {
    const { steps } = state.history;
    if (!plot) return;
    const columns = shown.map(({ values }) => values());
    const log = logarithmic();
    plot.setData([steps, ...columns.map((column) => (log ? column.map((value) => (value !== null && value > 0 ? value : null)) : column))]);
    const last = columns.map((column) => column.at(-1) ?? null);
    last.forEach((value, i) => (numbers[i].textContent = value === null ? "–" : write(value)));
    place.setAttribute("aria-label", `${title} over ${steps.length} points up to step ${steps.at(-1) ?? 0}: ${shown.map(({ name }, i) => `${name} ${last[i] === null ? "none" : write(last[i])}`).join(", ")}`);
    if (!details.open) return;
    const every = Math.max(1, Math.ceil(steps.length / MOST_ROWS));
    const rows = steps.map((_, i) => i).filter((i) => i === steps.length - 1 || i % every === 0).reverse();
    table.replaceChildren(
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "step"), ...shown.map(({ name }) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, ...rows.map((i) => h("tr", {}, h("th", { scope: "row" }, writeCount(steps[i])), ...columns.map((column) => h("td", { title: String(column[i]) }, column[i] === null || column[i] === undefined ? "–" : write(column[i])))))),
    );
  }
}

/** Whole decades around what is shown. @param {number} low @param {number} high @returns {[number, number]} */
function spread(low, high) {
  if (!(low > 0) || !(high > 0)) return [0.1, 1];
  const [from, to] = [10 ** Math.floor(Math.log10(low)), 10 ** Math.ceil(Math.log10(high))];
  return from === to ? [from / 10, to] : [from, to];
}

/** Powers of ten, few enough to be read. @param {number} low @param {number} high */
function listDecades(low, high) {
  const [from, to] = [Math.round(Math.log10(low)), Math.round(Math.log10(high))];
  const every = Math.ceil((to - from) / 5) || 1;
  return Array.from({ length: Math.floor((to - from) / every) + 1 }, (_, i) => Number((10 ** (from + i * every)).toPrecision(1)));
}

/** @param {string} token @param {number[]} [dash] */
function swatch(token, dash) {
  const line = icon(dash);
  line.style.color = `var(--${token})`;
  return line;
}

/** @param {number[]} [dash] */
function icon(dash) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 26 6");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", "M0 3h26");
  path.setAttribute("stroke", "currentColor");
  path.setAttribute("stroke-width", "3");
  if (dash) path.setAttribute("stroke-dasharray", dash.join(" "));
  svg.append(path);
  return svg;
}
