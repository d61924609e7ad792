/** Short formulas as plain text, for where there is no room or no way for typeset ones. */

/** @typedef {import("./trace.js").NodeView} NodeView */
/** @typedef {import("./trace.js").NodesTrace} NodesTrace */

const LOWER = "₀₁₂₃₄₅₆₇₈₉";
const UPPER = "⁰¹²³⁴⁵⁶⁷⁸⁹";
/** @type {Record<string, string>} */
const SIGNS = { cdot: "\u00b7", times: "\u00d7", sigma: "σ", partial: "∂" };
const FUNCTIONS = /^(exp|ln|log|max|min|sin|cos|tanh?)$/;
const SYMBOL = /^[^\s()=+*/\u2212\u00b7\u00d7]+(⁽[^⁾]*⁾)?[₀-₉,]*$/;

/**
 * @param {string} latex
 * @returns {string | null} null where plain text cannot say it
 */
export function writePlain(latex) {
  const text = latex
    .replace(/\\(?:text|mathrm|mathit|operatorname)\{([^{}]*)\}/g, "$1")
    .replace(/\\[td]?frac\{([^{}]*)\}\{([^{}]*)\}/g, (_, above, below) => `${group(above)}/${group(below)}`)
    .replace(/\^\{\((\w+)\)\}/g, "⁽$1⁾")
    .replace(/\^(?:\{(\d+)\}|(\d))/g, (_, many, one) => raise(many ?? one))
    .replace(/_(?:\{([\d,]+)\}|(\d))/g, (_, many, one) => lower(many ?? one))
    .replace(/\\(?:left|right|,|;|!)/g, "")
    .replace(/\\([a-z]+)/g, (whole, word) => SIGNS[word] ?? (FUNCTIONS.test(word) ? word : whole))
    .replaceAll("-", "\u2212")
    .replace(/\s+/g, " ")
    .trim();
  return /[\\{}^_]/.test(text) ? null : text;
}

/**
 * The name of a node where it has one; "" for a step on the way.
 * @param {NodesTrace} trace
 * @param {NodeView} node
 */
export function nameNode({ network }, node) {
  if (network.spec.kind === "expression") return /^[nc]\d+$/.test(node.id) ? "" : node.id;
  const plain = writePlain(node.latex);
  return plain !== null && SYMBOL.test(plain) ? plain : "";
}

/** A symbol that can take a subscript. */
const BARE = /^\\?[a-z]+(\^\{[^{}]*\})?$/i;

/**
 * An entry of what a symbol stands for, its places counted from 1; other formulas stay as they are.
 * @param {string} latex
 * @param {readonly number[]} index
 */
export function subscript(latex, index) {
  return BARE.test(latex) ? `${latex}_{${index.map((i) => i + 1)}}` : latex;
}

/** @param {string} part */
function group(part) {
  return /^[\w.]*$/.test(part) ? part : `(${part})`;
}

/** @param {string} digits */
function raise(digits) {
  return digits.replace(/\d/g, (digit) => UPPER[Number(digit)]);
}

/** @param {string} digits */
function lower(digits) {
  return digits.replace(/\d/g, (digit) => LOWER[Number(digit)]);
}
