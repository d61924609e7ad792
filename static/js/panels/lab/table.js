/** The gradient flow as a table: the same numbers, to read and to take away. */

import { effect } from "@preact/signals-core";
import { formatNumber, toNumber } from "../../layout/number.js";
import { h } from "../dom.js";
import { makeSweepTable } from "./sweeptable.js";

/** @typedef {import("../../layout/lab/flow.js").FlowLayer} FlowLayer */
/** @typedef {import("../../layout/trace.js").Num} Num */

/** @type {{head: string, read: (layer: FlowLayer) => Num | null | undefined}[]} */
const COLUMNS = [
  { head: "gradient of z", read: ({ grad_z_rms }) => grad_z_rms.mean },
  { head: "spread", read: ({ grad_z_rms }) => grad_z_rms.std },
  { head: "theory", read: ({ predicted_grad_z_rms }) => predicted_grad_z_rms },
  { head: "factor", read: ({ measured_factor }) => root(measured_factor) },
  { head: "theory", read: ({ predicted_factor }) => root(predicted_factor) },
  { head: "gradient of weights", read: ({ grad_weight_rms }) => grad_weight_rms.mean },
  { head: "variance of z", read: ({ z_variance }) => z_variance.mean },
  { head: "theory", read: ({ predicted_z_variance }) => predicted_z_variance },
  { head: "mean of z", read: ({ z_mean }) => z_mean.mean },
  { head: "variance of a", read: ({ a_variance }) => a_variance.mean },
  { head: "mean of a", read: ({ a_mean }) => a_mean.mean },
  { head: "saturated", read: ({ saturated }) => saturated?.mean },
  { head: "dead", read: ({ dead }) => dead?.mean },
  { head: "largest singular value", read: ({ singular_values }) => singular_values?.largest.mean },
  { head: "root mean square", read: ({ singular_values }) => root(singular_values?.mean_square.mean ?? null) },
  { head: "smallest", read: ({ singular_values }) => singular_values?.smallest.mean },
];

/**
 * @param {HTMLElement} element
 * @param {import("../../state/lab/store.js").Lab} lab
 */
export function mountLabTable(element, { state, actions }) {
  effect(() => {
    if (state.mode.value === "sweep") {
      if (state.shown.value === "table") element.replaceChildren(makeSweepTable({ state, actions }));
      return;
    }
    const through = state.mode.value === "time";
    const [answer, cells] = [state.answer.value, state.cells.value];
    const flow = through ? cells[0]?.flow : answer;
    if (!flow || state.shown.value !== "table") return;
    const selected = state.selected.value;
    const columns = through ? listCellColumns(cells) : COLUMNS.map(({ head, read }) => ({ head, read: (/** @type {number} */ i) => read(flow.layers[i]) }));
    const caption = through ? `By time step, means of ${flow.seeds} seeds` : `Root mean squares by layer, means of ${flow.seeds} seeds; factors are from a layer to the one before`;
    const rows = flow.layers.map((_, i) =>
      h(
        "tr",
        { class: i === selected ? "selected" : "" },
        h("th", { scope: "row" }, h("button", { type: "button", "aria-pressed": String(i === selected), onclick: () => actions.select(i) }, `${through ? "step" : "layer"} ${i + 1}`)),
        ...columns.map(({ read }) => {
          const value = read(i);
          return value === null || value === undefined ? h("td", {}, "\u2013") : h("td", { title: String(value) }, formatNumber(value, { digits: 4 }));
        }),
      ),
    );
    const top = element.scrollTop;
    element.replaceChildren(
      h(
        "div",
        { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
        h("table", {}, h("caption", {}, caption), h("thead", {}, h("tr", {}, h("th", { scope: "col" }, through ? "time step" : "layer"), ...columns.map(({ head }) => h("th", { scope: "col" }, head)))), h("tbody", {}, ...rows)),
      ),
    );
    element.scrollTop = top;
  });
}

/** @param {readonly import("../../scene/lab/time.js").CellFlow[]} cells @returns {{head: string, read: (i: number) => Num | null | undefined}[]} */
function listCellColumns(cells) {
  return cells.flatMap(({ name, flow: { layers } }) => [
    { head: `${name.toUpperCase()}: gradient of z`, read: (i) => layers[i].grad_z_rms.mean },
    { head: "spread", read: (i) => layers[i].grad_z_rms.std },
    { head: "factor", read: (i) => root(layers[i].measured_factor) },
    { head: "share of dL/dW", read: (i) => layers[i].grad_weight_rms.mean },
    { head: "variance of h", read: (i) => layers[i].a_variance.mean },
    { head: "largest singular value", read: (i) => layers[i].singular_values?.largest.mean },
    { head: "smallest", read: (i) => layers[i].singular_values?.smallest.mean },
  ]);
}

/** @param {Num | null} value */
function root(value) {
  return value === null ? null : Math.sqrt(toNumber(value));
}
