/** One step of one racer: from the gradient to the new place, and what the optimizer remembers. */

import { effect } from "@preact/signals-core";
import { nameLine } from "../../layout/derivation.js";
import { formatNumber, toNumber } from "../../layout/number.js";
import { sceneMemory } from "../../scene/race/memory.js";
import { createSvgPainter } from "../../render/svg.js";
import { makeDerivation } from "../derivation.js";
import { h } from "../dom.js";
import { renderFormula } from "../formula.js";
import { makeBadge } from "./badge.js";

/** @typedef {import("../../state/race/store.js").Race} Race */
/** @typedef {import("../../api/schema.js").components["schemas"]["ExplainedStep"]} ExplainedStep */

const BARS = { width: 132, height: 30 };
const SVG = "http://www.w3.org/2000/svg";

/** @param {Race} race */
export function makeMicroscope({ state, actions, derived }) {
  const title = h("div", { class: "headline" });
  const body = h("div", { class: "body" });
  const back = h("button", { type: "button", class: "text-button", onclick: () => actions.look(derived.focused.peek()?.lane ?? null, derived.looked.peek() - 1) }, "Step before");
  const on = h("button", { type: "button", class: "text-button", onclick: () => actions.look(derived.focused.peek()?.lane ?? null, derived.looked.peek() + 1) }, "Step after");
  effect(() => {
    const [run, step] = [derived.focused.value, derived.looked.value];
    back.disabled = step <= 1;
    on.disabled = !run || step >= run.way.path.length - 1;
    title.replaceChildren(...(run ? [h("p", { class: "focus" }, makeBadge(run.lane), h("span", {}, run.name)), h("span", { class: "quiet" }, step > 0 ? `step ${step}` : "")] : []));
  });
  /** @type {ExplainedStep | null} */
  let shown = null;
  effect(() => {
    const [told, run] = [derived.told.value, derived.focused.value];
    body.classList.toggle("waiting", told === null);
    if (!run) return body.replaceChildren(h("p", { class: "quiet" }, "Add an optimizer to look at its steps."));
    if (derived.looked.value === 0) return body.replaceChildren(h("p", { class: "quiet" }, "It took no step: the first leads to what is not a number."));
    if (state.playing.value || !told || told === shown) return;
    shown = told;
    const entry = state.catalog.optimizers.find(({ name }) => name === /** @type {any} */ (state.step.peek()?.answer.racers[0].optimizer).name);
    body.replaceChildren(...describe(told, entry?.latex ?? ""));
  });
  return h("section", { id: "microscope", "aria-label": "Microscope" }, h("h2", {}, "Microscope"), title, h("div", { class: "walk" }, back, on), body);
}

/** @param {ExplainedStep} told @param {string} rule */
function describe({ axes, memory }, rule) {
  const last = memory[memory.length - 1];
  const kept = Object.keys(last.kept);
  const symbols = h("div", { class: "formula rule" });
  renderFormula(symbols, rule);
  const gradient = h(
    "li",
    { class: "backward" },
    h("p", { class: "meaning" }, "the gradient of the loss"),
    h(
      "div",
      { class: "line", tabindex: "0", role: "group", "aria-label": "the gradient of the loss" },
      formula("g = \\frac{\\partial L}{\\partial w}"),
      ...axes.map(({ name, grad }) => h("div", { class: "reading" }, h("span", { class: "axis" }, name), formula(`\\htmlClass{pill backward}{${write(grad)}}`, String(grad)))),
    ),
  );
  const derivation = makeDerivation(axes, kept);
  derivation.prepend(gradient);
  const moves = axes.map(({ name, before, after, delta }) => h("div", {}, h("dt", {}, name), h("dd", { title: `${before} → ${after}` }, `${formatNumber(before, { digits: 4 })} → ${formatNumber(after, { digits: 4 })} `, h("span", { class: toNumber(delta) < 0 ? "negative" : "positive" }, formatNumber(delta, { sign: true })))));
  const lines = new Map(axes[0].lines.map(({ name, latex }) => [name, nameLine(latex)]));
  const remembered = [{ symbol: "g", read: (/** @type {typeof last} */ entry) => entry.grad }, ...kept.map((slot) => ({ symbol: lines.get(slot) ?? `\\text{${slot}}`, read: (/** @type {typeof last} */ entry) => entry.kept[slot] }))];
  return [
    symbols,
    derivation,
    h("h3", {}, "Old and new"),
    h("dl", { class: "facts" }, ...moves),
    h("h3", {}, memory.length > 1 ? `The last ${memory.length} steps` : "This step"),
    h("div", { class: "memory" }, ...remembered.flatMap(({ symbol, read }) => axes.map(({ name }, axis) => makeBars(symbol, name, memory.map((entry) => read(entry)[axis]))))),
  ];
}

/** @param {string} symbol @param {string} axis @param {import("../../layout/trace.js").Num[]} values */
function makeBars(symbol, axis, values) {
  const svg = /** @type {SVGSVGElement} */ (document.createElementNS(SVG, "svg"));
  svg.setAttribute("viewBox", `0 0 ${BARS.width} ${BARS.height}`);
  svg.setAttribute("aria-hidden", "true");
  createSvgPainter(svg).draw(sceneMemory(values, BARS));
  const now = values[values.length - 1];
  return h("div", { class: "strip" }, formula(symbol), h("span", { class: "axis" }, axis), svg, h("span", { class: "number", title: String(now) }, formatNumber(now)));
}

/** @param {string} latex @param {string} [title] */
function formula(latex, title) {
  const element = h("div", { class: "formula", title });
  renderFormula(element, latex);
  return element;
}

/** @param {number | string} value */
function write(value) {
  const text = formatNumber(value, { digits: 6 }).replace("\u2212", "-").replace("∞", "\\infty");
  return text.replace(/e(.*)$/, (_, power) => ` \\cdot 10^{${power.replace("\u2212", "-")}}`);
}
