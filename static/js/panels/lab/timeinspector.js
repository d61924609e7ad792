/** The inspector through time: the kinds of cell side by side, and what bounds the simple one. */

import { formatNumber, toNumber } from "../../layout/number.js";
import { judge, listTimeFindings } from "../../layout/lab/findings.js";
import { measureRatio } from "../../layout/lab/words.js";
import { h } from "../dom.js";
import { card, facts, known, share, table, tellFindings, UNKNOWN } from "./facts.js";
import { writeNumber } from "./theory.js";

/** @typedef {import("../../scene/lab/time.js").CellFlow} CellFlow */

/** @param {readonly CellFlow[]} cells @param {{truncate: number}} form */
export function tellCells(cells, form) {
  const ratios = cells.map(({ flow }) => measureRatio(flow));
  return [
    h("h2", {}, "All time steps"),
    table(
      ["factor", ...cells.map(({ name }) => name.toUpperCase())],
      [
        ["per step", ...ratios.map(({ factor }) => known(factor))],
        ["all the way", ...ratios.map(({ left }) => formatNumber(left, { digits: 2 }))],
        ["verdict", ...ratios.map(({ left }) => judge(left))],
      ],
    ),
    ...(cells[0].flow.layers.length > 1 ? tellFindings(listTimeFindings(cells, form)) : []),
    h("p", { class: "quiet hint" }, "Select a time step to see its numbers."),
    ...tellBound(cells),
    h("p", { class: "quiet hint" }, "With biases of 0 gates start half open: before they are trained, gated cells forget as well."),
    ...tellRadii(cells),
  ];
}

/** @param {readonly CellFlow[]} cells @param {number} index */
export function tellTimeStep(cells, index) {
  const layers = cells.map(({ flow }) => flow.layers[index]);
  const row = (/** @type {string} */ name, /** @type {(layer: import("../../layout/lab/flow.js").FlowLayer) => string} */ read) => [name, ...layers.map(read)];
  const root = (/** @type {import("../../layout/trace.js").Num | null} */ value) => (value === null ? null : Math.sqrt(toNumber(value)));
  return [
    table(
      ["", ...cells.map(({ name }) => name.toUpperCase())],
      [
        row("gradient of z", ({ grad_z_rms }) => formatNumber(grad_z_rms.mean, { digits: 2 })),
        row("by theory", ({ predicted_grad_z_rms }) => known(predicted_grad_z_rms, 2)),
        row("factor", ({ measured_factor }) => known(root(measured_factor))),
        row("by theory", ({ predicted_factor }) => known(root(predicted_factor))),
        row("share of dL/dW", ({ grad_weight_rms }) => formatNumber(grad_weight_rms.mean, { digits: 2 })),
        row("variance of z", ({ z_variance }) => formatNumber(z_variance.mean)),
        row("variance of h", ({ a_variance }) => formatNumber(a_variance.mean)),
        row("mean of h", ({ a_mean }) => formatNumber(a_mean.mean, { digits: 2 })),
        row("saturated", ({ saturated }) => (saturated ? share(saturated) : UNKNOWN)),
        row("dead", ({ dead }) => (dead ? share(dead) : UNKNOWN)),
        ...(layers.some(({ singular_values }) => singular_values)
          ? [
              row("largest stretch", ({ singular_values: values }) => (values ? formatNumber(values.largest.mean) : UNKNOWN)),
              row("root mean square", ({ singular_values: values }) => (values ? formatNumber(Math.sqrt(toNumber(values.mean_square.mean))) : UNKNOWN)),
              row("smallest", ({ singular_values: values }) => (values ? formatNumber(values.smallest.mean, { digits: 2 }) : UNKNOWN)),
            ]
          : []),
      ],
    ),
    ...tellBound(cells),
    ...tellRadii(cells),
  ];
}

/** @param {readonly CellFlow[]} cells */
function tellBound(cells) {
  const cell = cells.find(({ flow }) => flow.theory.slope_bound !== null);
  if (!cell) return [];
  const { slope_bound, factor_bound, recurrent_weights } = cell.flow.theory;
  const largest = recurrent_weights[0].largest_singular_value.mean;
  return [
    h("h2", {}, `What bounds ${cell.name.toUpperCase()}`),
    card([
      { latex: "\\left\\lVert \\frac{\\partial h_t}{\\partial h_{t-1}} \\right\\rVert \\le \\gamma \\, \\sigma_{\\max}(W_{hh}), \\quad \\gamma = \\max \\varphi'" },
      { latex: `${writeNumber(slope_bound)} \\cdot ${writeNumber(largest)} = ${writeNumber(Math.sqrt(toNumber(factor_bound)))}`, numbers: true },
    ]),
    h("p", { class: "quiet" }, "Under 1 the gradient must vanish; above 1 it may explode, where slopes are steep (Pascanu, Mikolov and Bengio 2013)."),
  ];
}

/** @param {readonly CellFlow[]} cells */
function tellRadii(cells) {
  const rows = cells.flatMap(({ name, flow }) =>
    flow.theory.recurrent_weights.map(({ gate, spectral_radius }, _, all) => /** @type {[string, string]} */ ([all.length > 1 ? `${name.toUpperCase()}, gate ${gate}` : name.toUpperCase(), formatNumber(spectral_radius.mean)])),
  );
  return [h("h2", {}, "Spectral radius, measured"), facts(rows)];
}
