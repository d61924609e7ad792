/** The paths of the chain rule from the selected number to the loss: their factors, products and sum. */

import { computed, effect, signal } from "@preact/signals-core";
import { formatNumber, toNumber } from "../layout/number.js";
import { ALL } from "../state/inspection.js";
import { h } from "./dom.js";
import { renderFormula } from "./formula.js";

/** @typedef {import("../state/inspection.js").Inspection} Inspection */
/** @typedef {import("../layout/chain.js").Route} Route */
/** @typedef {import("../layout/trace.js").Num} Num */

/** So many rows before more are asked for, and so many at a time after. */
const [FIRST_ROWS, MORE_ROWS] = [6, 50];
const [MOST_NAMES, MOST_FACTORS] = [7, 9];

/**
 * @param {Inspection} inspection
 * @param {{readonly value: boolean}} known whether the gradient is reached
 * @returns {HTMLElement}
 */
export function makePaths(inspection, known) {
  const title = h("h2", {});
  const list = h("ol", { class: "paths", onkeydown: walk });
  const foot = h("div", {});
  const section = h("section", { class: "routes", "aria-label": "Paths" }, title, list, foot);
  const shown = signal(FIRST_ROWS);
  const rows = computed(() => inspection.routes.value.slice(0, shown.value));

  effect(() => {
    void inspection.chosen.value?.entry.node;
    shown.value = FIRST_ROWS;
  });
  effect(() => void (section.hidden = inspection.chosen.value === null));
  effect(() => void (title.textContent = `Paths to ${inspection.goal.value}`));
  effect(() => {
    const focused = list.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).dataset.key : undefined;
    const most = Math.max(...inspection.routes.value.map(({ product }) => Math.abs(toNumber(product))));
    list.replaceChildren(...(known.value ? rows.value.map((route, i) => makeRow(inspection, route, i, most)) : []));
    list.hidden = list.children.length === 0;
    if (focused !== undefined) /** @type {HTMLElement | null} */ (list.querySelector(`[data-key="${CSS.escape(focused)}"]`))?.focus();
  });
  effect(() => {
    const pressed = inspection.pinned.value;
    for (const button of list.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.dataset.key === pressed));
  });
  effect(() => {
    foot.replaceChildren(...tellFoot(known.value));
  });
  return section;

  /** @param {boolean} reached */
  function tellFoot(reached) {
    const [explanation, problem, routes] = [inspection.explanation.value, inspection.problem.value, inspection.routes.value];
    if (problem) return [h("p", { class: "quiet" }, problem.errors[0]?.detail ?? problem.detail)];
    if (!reached) return [h("p", { class: "quiet" }, "Come once the gradient is known.")];
    if (!explanation) return [h("p", { class: "quiet" }, "…")];
    const rest = routes.length - rows.value.length;
    const all = h("button", { type: "button", class: "act", "data-key": ALL, "aria-pressed": String(inspection.pinned.value === ALL), onclick: () => inspection.pin(ALL), ...light(inspection, ALL) }, "Light all paths");
    return [
      rest > 0 ? h("button", { type: "button", class: "more", onclick: () => void (shown.value += MORE_ROWS) }, `Show ${Math.min(rest, MORE_ROWS)} more of ${routes.length}`) : "",
      sumUp(explanation, routes, inspection.others.value),
      routes.length > 1 ? all : "",
    ];
  }
}

/** @param {Inspection} inspection @param {string} key */
function light(inspection, key) {
  const [on, off] = [() => inspection.point(key), () => inspection.point(null)];
  return { onpointerenter: on, onpointerleave: off, onfocus: on, onblur: off };
}

/**
 * @param {Inspection} inspection
 * @param {Route} route
 * @param {number} i
 * @param {number} most the largest product there is
 */
function makeRow(inspection, route, i, most) {
  const { key, product } = route;
  const share = Math.abs(toNumber(product)) / most;
  const bar = h("i", {});
  bar.style.width = `${100 * (most === 0 ? 0 : Number.isFinite(share) ? share : 1)}%`;
  const pills = shorten([...route.steps].reverse(), MOST_FACTORS).flatMap((step, j) => {
    const pill = step ? h("span", { class: `pill ${step.tone}`, title: step.factor === null ? "several" : String(step.factor) }, step.factor === null ? "Σ" : formatNumber(step.factor)) : "…";
    return j ? [" · ", pill] : [pill];
  });
  const way = shorten(route.latex, MOST_NAMES).map((latex, j) => {
    const symbol = h("span", { class: "symbol" });
    renderFormula(symbol, (j ? "\\to " : "") + (latex ?? "\\cdots"));
    return symbol;
  });
  const label = `Path ${i + 1} of ${inspection.routes.value.length}, from ${speak(route)}: ${tellProduct(route)}`;
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", "data-key": key, tabindex: i === 0 ? "0" : "-1", "aria-pressed": "false", onclick: () => inspection.pin(key), ...light(inspection, key) },
      h("span", { class: "visually-hidden" }, label),
      h("span", { class: "way", "aria-hidden": "true" }, h("span", { class: "route" }, ...way), h("strong", { class: tone(product), title: String(product) }, formatNumber(product, { sign: true }))),
      h("span", { class: "pills", "aria-hidden": "true" }, ...pills),
      h("span", { class: "share" }, bar),
    ),
  );
}

/**
 * Both ends of what is too long, and null in the middle.
 * @template T
 * @param {readonly T[]} entries
 * @param {number} most
 * @returns {(T | null)[]}
 */
function shorten(entries, most) {
  if (entries.length <= most) return [...entries];
  const half = Math.floor(most / 2);
  return [...entries.slice(0, half), null, ...entries.slice(-half)];
}

/** @param {Route} route */
function speak({ words }) {
  const [first, ...rest] = words;
  const last = rest.pop();
  return rest.length ? `${first} through ${rest.join(", ")} to ${last}` : `${first} to ${last}`;
}

/** @param {Route} route */
function tellProduct({ steps, product }) {
  const factors = [...steps].reverse().map(({ factor }) => (factor === null ? "several" : formatNumber(factor)));
  return `${factors.join(" times ")} is ${formatNumber(product)}`;
}

/**
 * What the paths add up to, and whether that is all of the gradient.
 * @param {import("../layout/chain.js").Explanation} explanation
 * @param {readonly Route[]} routes
 * @param {readonly Route[]} others of other samples
 */
function sumUp({ grad, path_count: count, paths, paths_sum: sum, paths_cut: cut }, routes, others) {
  const rest = others.reduce((total, { product }) => total + toNumber(product), 0);
  const samples = new Set(others.map(({ sample }) => sample)).size;
  const single = count === 1;
  const inside = !cut && samples === 0 && paths.length > routes.length;
  return h(
    "div",
    {},
    samples > 0 ? line(`${samples === 1 ? "The other sample" : `The ${samples} other samples`}, ${others.length === 1 ? "one path" : `${others.length} paths`}`, rest) : "",
    inside ? h("p", { class: "quiet" }, `Inside the loss they part into ${write(count)}.`) : "",
    !cut ? line(single ? "One path: its product is the gradient" : "The products add up to the gradient", sum) : line(`${write(paths.length)} of ${write(count)} paths add up to`, sum),
    cut && line("The gradient, over all of them", grad),
  );
}

/** @param {string} text @param {Num} value */
function line(text, value) {
  return h("p", { class: "sum" }, h("span", {}, text), h("strong", { class: tone(value), title: String(value) }, formatNumber(value, { digits: 5, sign: true })));
}

/** @param {Num} value */
function tone(value) {
  return toNumber(value) < 0 ? "negative" : toNumber(value) > 0 ? "positive" : "";
}

/** @param {number | string} count there can be more than numbers reach */
function write(count) {
  return Number(count) > 1e7 ? formatNumber(Number(count)) : Number(count).toLocaleString("en");
}

/** Up and down from path to path. @param {KeyboardEvent} event */
function walk(event) {
  const list = /** @type {HTMLElement} */ (event.currentTarget);
  const buttons = [...list.querySelectorAll("button")];
  const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (event.target));
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  if (!buttons[to]) return;
  buttons[at].tabIndex = -1;
  buttons[to].tabIndex = 0;
  buttons[to].focus();
}
