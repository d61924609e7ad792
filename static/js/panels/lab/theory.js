/** The formulas of mean-field theory, in symbols and in the numbers of one layer. Pure. */

import { formatNumber, toNumber } from "../../layout/number.js";

/** @typedef {import("../../layout/lab/flow.js").Flow} Flow */
/** @typedef {import("../../layout/trace.js").Num} Num */
/** @typedef {{symbols: string, numbers: string}} Rule */

/**
 * A number as LaTeX, with its power of ten raised.
 * @param {Num | null} value
 * @param {number} [digits]
 */
export function writeNumber(value, digits = 3) {
  const number = toNumber(value);
  if (Number.isNaN(number)) return "?";
  if (!Number.isFinite(number)) return number > 0 ? "\\infty" : "-\\infty";
  const [mantissa, power] = formatNumber(number, { digits }).replaceAll("\u2212", "-").split("e");
  return power === undefined ? mantissa : `${mantissa} \\cdot 10^{${power}}`;
}

/**
 * How the variance of z comes about, and the factor of the gradient, at one layer.
 * @param {Flow} flow
 * @param {number} index of the layer
 * @returns {Rule[]} those that theory knows
 */
export function listRules({ layers, theory }, index) {
  const [sigma, bias] = [toNumber(theory.sigma_w), toNumber(theory.sigma_b)];
  const layer = layers[index];
  /** @type {Rule[]} */
  const rules = [];
  const q = toNumber(layer.predicted_z_variance);
  const number = index + 1;
  if (index > 0 && Number.isFinite(sigma) && Number.isFinite(q)) {
    const square = (q - bias * bias) / (sigma * sigma);
    rules.push({
      symbols: `q_{l} = \\sigma_w^2 \\, \\mathbb{E}\\,\\varphi\\!\\left(\\sqrt{q_{l-1}}\\, \\xi\\right)^2 + \\sigma_b^2`,
      numbers: `q_{${number}} = ${writeNumber(sigma)}^2 \\cdot ${writeNumber(square)} + ${writeNumber(bias)}^2 = ${writeNumber(q)}`,
    });
  }
  const factor = layer.predicted_factor;
  if (factor !== null && Number.isFinite(sigma)) {
    const slope = toNumber(factor) / (sigma * sigma);
    rules.push({
      symbols: "\\chi_l = \\sigma_w^2 \\, \\mathbb{E}\\,\\varphi'\\!\\left(\\sqrt{q_l}\\, \\xi\\right)^2",
      numbers: `\\chi_{${number}} = ${writeNumber(sigma)}^2 \\cdot ${writeNumber(slope)} = ${writeNumber(factor)}`,
    });
  }
  return rules;
}
