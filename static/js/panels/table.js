/** The run as tables: the same numbers, for those who would rather read than look. */

import { computed, effect } from "@preact/signals-core";
import { formatNumber } from "../layout/number.js";
import { h } from "./dom.js";
import { isReached } from "./rules.js";

/** @typedef {import("../state/store.js").Store} Store */
/** @typedef {import("../layout/trace.js").Trace} Trace */
/** @typedef {import("../layout/trace.js").Num} Num */
/** @typedef {{value: Num | null | undefined, kind: string, layer?: number | null, sign?: boolean}} Cell */

const MOST_ROWS = 400;

/**
 * @param {HTMLElement} element
 * @param {Store} store
 */
export function mountTable(element, store) {
  const { state, actions } = store;
  const beats = computed(() => Math.floor(state.playhead.value));
  effect(() => {
    if (state.view.value !== "table") return;
    const trace = state.trace.value;
    const top = element.scrollTop;
    const selected = state.selection.value;
    const make = (/** @type {string} */ caption, /** @type {string[]} */ heads, /** @type {{id: string, name: string, cells: Cell[]}[]} */ rows) =>
      build(trace, beats.value, caption, heads, rows, selected, actions.select);
    element.replaceChildren(
      make("Loss", ["L", "after the step"], [{ id: "loss", name: "loss", cells: [{ value: trace.loss, kind: "loss" }, { value: trace.loss_after, kind: "afterwards" }] }]),
      make("Units", ["z", "a", "slope", "dL/da", "dL/dz"], unitRows(trace)),
      make("Weights and biases", ["value", "gradient", "after"], [...weightRows(trace), ...biasRows(trace)]),
    );
    element.scrollTop = top;
  });
}

/** @param {Trace} trace */
function unitRows(trace) {
  const last = trace.layers.length - 1;
  return trace.units.map((unit) => ({
    id: unit.id,
    name: unit.label,
    cells: [
      { value: unit.z, kind: "linear", layer: unit.layer },
      { value: unit.a, kind: unit.layer ? "activation" : "inputs", layer: unit.layer || null },
      { value: unit.slope, kind: "slope", layer: unit.layer },
      { value: unit.grad_a, kind: unit.layer === last ? "loss_gradient" : "messages", layer: unit.layer === last ? null : unit.layer + 1, sign: true },
      { value: unit.grad_z, kind: "slope", layer: unit.layer, sign: true },
    ],
  }));
}

/** @param {Trace} trace */
function weightRows(trace) {
  const names = new Map(trace.units.map(({ id, label }) => [id, label]));
  return trace.weights.map((weight) => ({
    id: weight.id,
    name: `${names.get(weight.from)} → ${names.get(weight.to)}`,
    cells: [
      { value: weight.value, kind: "given", sign: true },
      { value: weight.grad, kind: "weights", layer: weight.layer, sign: true },
      { value: weight.after, kind: "update", sign: true },
    ],
  }));
}

/** @param {Trace} trace */
function biasRows(trace) {
  return trace.units.filter(({ bias_id: id }) => id).map((unit) => ({
    id: unit.bias_id ?? "",
    name: `bias of ${unit.label}`,
    cells: [
      { value: unit.bias, kind: "given", sign: true },
      { value: unit.grad_bias, kind: "weights", layer: unit.layer, sign: true },
      { value: unit.bias_after, kind: "update", sign: true },
    ],
  }));
}

/**
 * @param {Trace} trace @param {number} playhead @param {string} caption @param {string[]} heads
 * @param {{id: string, name: string, cells: Cell[]}[]} rows
 * @param {string | null} selected @param {(id: string) => void} select
 */
function build(trace, playhead, caption, heads, rows, selected, select) {
  const body = rows.slice(0, MOST_ROWS).map(({ id, name, cells }) =>
    h(
      "tr",
      { class: id === selected ? "selected" : "" },
      h("th", { scope: "row" }, h("button", { type: "button", "aria-pressed": String(id === selected), onclick: () => select(id) }, name)),
      ...cells.map(({ value, kind, layer = null, sign }) => {
        if (value === null || value === undefined) return h("td", {});
        if (!isReached(trace, playhead, { kind, layer })) return h("td", { class: "unreached", "aria-label": "not computed yet" }, "–");
        return h("td", { title: String(value) }, formatNumber(value, { digits: 6, sign }));
      }),
    ),
  );
  const more = rows.length - body.length;
  return h(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    h(
      "table",
      {},
      h("caption", {}, more > 0 ? `${caption} (the first ${MOST_ROWS} of ${rows.length}; the API has them all)` : caption),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "name"), ...heads.map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", {}, ...body),
    ),
  );
}
