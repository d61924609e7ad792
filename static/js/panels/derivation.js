/** How a gradient became a step: each line in symbols, its numbers beneath. */

import { deriveStep } from "../layout/derivation.js";
import { h } from "./dom.js";
import { renderFormula } from "./formula.js";

/** @typedef {import("../layout/derivation.js").AxisStep} AxisStep */

/**
 * @param {readonly AxisStep[]} axes
 * @param {readonly string[]} kept names of what the optimizer keeps from step to step
 * @returns {HTMLElement}
 */
export function makeDerivation(axes, kept) {
  const many = axes.length > 1;
  return h(
    "ol",
    { class: "steps" },
    ...deriveStep(axes, kept).map(({ meaning, symbols, tone, readings }) => {
      const rule = h("div", { class: "formula" });
      renderFormula(rule, symbols);
      const numbers = readings.map(({ axis, way, result, value }) =>
        h("div", { class: "reading" }, many && axis !== "" && h("span", { class: "axis" }, axis), h("div", { class: "numbers" }, way !== null && write(way), write(way === null ? result : `= ${result}`, String(value)))),
      );
      return h("li", { class: tone }, h("p", { class: "meaning" }, meaning), h("div", { class: "line", tabindex: "0", role: "group", "aria-label": meaning }, rule, ...numbers));
    }),
  );
}

/** @param {string} latex @param {string} [title] */
function write(latex, title) {
  const element = h("div", { class: "formula", title });
  renderFormula(element, latex);
  return element;
}
