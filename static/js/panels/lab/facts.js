/** The building blocks of the lab's inspector: a number in focus, formulas, lists, small tables. */

import { nameVerdict } from "../../layout/lab/findings.js";
import { formatNumber, toNumber } from "../../layout/number.js";
import { h } from "../dom.js";
import { renderFormula } from "../formula.js";

/** @typedef {import("../../layout/lab/flow.js").Summary} Summary */
/** @typedef {import("../../layout/trace.js").Num} Num */

/** The head of a column that stands in the color of theory. */
export const THEORY = "theory";
export const UNKNOWN = "\u2013";

/** @param {string} latex @param {string} value @param {string} note */
export function focus(latex, value, note) {
  const symbol = h("span", { class: "symbol" });
  renderFormula(symbol, latex);
  return h("div", { class: "headline" }, h("p", { class: "focus" }, symbol, h("span", {}, value)), h("span", { class: "quiet" }, note));
}

/**
 * What becomes of the gradient, in a word and a factor.
 * @param {import("../../layout/lab/findings.js").Verdict} what
 * @param {string} left
 * @param {string} note
 */
export function verdict(what, left, note) {
  return h("div", { class: "headline" }, h("p", { class: `focus verdict ${what}` }, h("span", {}, nameVerdict(what)), h("span", { class: "times" }, `\u00d7\u202f${left}`)), h("span", { class: "quiet" }, note));
}

/** @param {import("../../layout/lab/findings.js").Finding[]} findings */
export function tellFindings(findings) {
  if (!findings.length) return [];
  return [h("h2", {}, "What the picture shows"), h("dl", { class: "findings" }, ...findings.map(({ title, text }) => h("div", {}, h("dt", {}, title), h("dd", {}, text))))];
}

/** @param {{latex: string, numbers?: boolean}[]} formulas */
export function card(formulas) {
  return h("div", { class: "card", tabindex: "0", role: "group", "aria-label": "Formula" }, ...formulas.map(({ latex, numbers }) => {
    const element = h("div", { class: `formula${numbers ? " numbers" : ""}` });
    renderFormula(element, latex);
    return element;
  }));
}

/** @param {[string | Node, string][]} rows */
export function facts(rows) {
  return h("dl", { class: "facts" }, ...rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

/** @param {string[]} heads @param {string[][]} rows */
export function table(heads, rows) {
  return h(
    "table",
    { class: `beside${heads.at(-1) === THEORY ? " theory" : ""}` },
    h("thead", {}, h("tr", {}, ...heads.map((head) => (head ? h("th", { scope: "col" }, head) : h("td", {}))))),
    h("tbody", {}, ...rows.map(([name, ...cells]) => h("tr", {}, h("th", { scope: "row" }, name), ...cells.map((cell) => h("td", {}, cell))))),
  );
}

/** @param {Num | null} value @param {number} [digits] */
export function known(value, digits = 3) {
  return value === null || Number.isNaN(toNumber(value)) ? UNKNOWN : formatNumber(value, { digits });
}

/** @param {Summary} summary */
export function spread({ mean, std }) {
  return `${formatNumber(mean)} \u00b1 ${formatNumber(std, { digits: 2 })}`;
}

/** @param {Summary} summary */
export function share({ mean }) {
  return `${formatNumber(toNumber(mean) * 100)}\u00a0%`;
}
