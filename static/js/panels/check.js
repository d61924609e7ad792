/** The gradient check: verdict, table, and how the error depends on the step. */

import { effect, signal } from "@preact/signals-core";
import { formatNumber, toNumber } from "../layout/number.js";
import { createSvgPainter } from "../render/svg.js";
import { findBest, isBent, sceneErrors } from "../scene/check.js";
import { nameEntry, writeEntry } from "../state/check.js";
import { h, icon } from "./dom.js";

/** @typedef {import("../state/check.js").Check} Check */
/** @typedef {import("../state/check.js").Column} Column */
/** @typedef {import("../state/check.js").CheckedEntry} CheckedEntry */
/** @typedef {import("../state/check.js").Report} Report */

const SVG = "http://www.w3.org/2000/svg";
const MOST_ROWS = 200;
/** @type {[Column, string][]} */
const COLUMNS = [
  ["name", "number"],
  ["analytic", "backpropagation"],
  ["numeric", "difference quotient"],
  ["relative_error", "relative error"],
];
const BENT =
  "Right of the best step the error grows with h², because the loss bends between the two points (truncation); left of it, it grows as 1/h, because the two losses are so alike that rounding is most of their difference.";
const EXACT = "At every step the difference quotient is the gradient, digit by digit.";
const STRAIGHT =
  "Moved by this number alone the loss does not bend, so a large step costs nothing; the smaller the step, the more of the difference of the two losses is rounding.";

/**
 * The button that opens the check.
 * @param {Check} check
 */
export function makeCheckButton(check) {
  return h("button", { type: "button", class: "act check-opener", onclick: check.show }, icon("m5 12.5 4.5 4.5L19 7.5"), "Check the gradients");
}

/** @param {Check} check */
export function mountCheck(check) {
  const verdict = h("div", { class: "verdict", role: "status" });
  const table = h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Every gradient, checked" });
  const chart = makeChart(check);
  const dialog = h(
    "dialog",
    { class: "gradient-check", "aria-labelledby": "check-title", onclose: check.close, onclick: (/** @type {Event} */ event) => event.target === dialog && dialog.close() },
    h("div", { class: "top" }, h("h2", { id: "check-title" }, "Gradient check"), h("form", { method: "dialog" }, h("button", { class: "icon-button", "aria-label": "Close the gradient check" }, icon("M6 6l12 12M18 6 6 18")))),
    h("div", { class: "inside" }, verdict, h("div", { class: "halves" }, table, chart)),
  );
  document.body.append(dialog);
  effect(() => {
    if (check.open.value && !dialog.open) dialog.showModal();
  });
  effect(() => {
    const [report, problem] = [check.report.value, check.problem.value];
    verdict.replaceChildren(...(problem ? [h("p", { class: "problem" }, problem.errors[0]?.detail ?? problem.detail)] : report ? tellVerdict(report) : [h("p", { class: "quiet" }, "Measuring every gradient …")]));
    verdict.dataset.verdict = report ? (report.passed ? "passed" : "failed") : "none";
    table.hidden = chart.hidden = !report;
  });
  effect(() => {
    const report = check.report.value;
    if (!report) return;
    const focused = table.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).dataset.key : undefined;
    const top = table.scrollTop;
    table.replaceChildren(...tabulate(check));
    table.scrollTop = top;
    if (focused) /** @type {HTMLElement | null} */ (table.querySelector(`[data-key="${CSS.escape(focused)}"]`))?.focus({ preventScroll: true });
  });
}

/** @param {Report} report */
function tellVerdict({ passed, max_relative_error: worst, tolerance, h: step, checked, total, held, entries }) {
  const kinks = entries.filter(({ kink }) => kink).length;
  const all = total === 1 ? "The one gradient agrees" : `All ${total} gradients agree`;
  const good = checked - kinks === total ? all : "Every gradient that can be judged agrees";
  const measures = [
    ["largest relative error", formatNumber(worst), String(worst)],
    ["passes up to", formatNumber(tolerance), ""],
    ["step h", formatNumber(step), String(step)],
    ["gradients", String(total), ""],
    ...(checked < total ? [["too many, not measured", String(total - checked), ""]] : []),
    ...(kinks ? [["at a kink, not judged", String(kinks), ""]] : []),
  ];
  return [
    h("p", { class: "words" }, icon(passed ? "m5 12.5 4.5 4.5L19 7.5" : "M6 6l12 12M18 6 6 18"), passed ? `${good} with what is measured` : "Not every gradient agrees with what is measured"),
    h("dl", { class: "measures" }, ...measures.map(([term, text, full]) => h("div", {}, h("dt", {}, term), h("dd", { title: full || undefined }, text)))),
    h("p", { class: "quiet" }, "Each number is moved by h both ways, the loss is measured twice, and the difference is divided by 2h: no backpropagation involved."),
    ...(held.length ? [h("p", { class: "quiet" }, `Held as they are, because no gradient goes through them: ${held.join(", ")}.`)] : []),
  ];
}

/** @param {Check} check */
function tabulate(check) {
  const { column, down } = check.sorted.value;
  const entries = check.entries.value;
  const chosen = check.entry.value;
  const shown = entries.slice(0, MOST_ROWS);
  const heads = COLUMNS.map(([name, text]) =>
    h(
      "th",
      { scope: "col", "aria-sort": name === column ? (down ? "descending" : "ascending") : undefined },
      h("button", { type: "button", "data-key": `sort ${name}`, onclick: () => check.sort(name) }, text, h("span", { class: "order", "aria-hidden": "true" }, name === column ? (down ? "↓" : "↑") : "")),
    ),
  );
  return [
    h(
      "table",
      {},
      h("caption", { class: entries.length > MOST_ROWS ? "" : "visually-hidden" }, entries.length > MOST_ROWS ? `The first ${MOST_ROWS} of ${entries.length}` : "Every gradient, checked"),
      h("thead", {}, h("tr", {}, ...heads)),
      h("tbody", {}, ...shown.map((entry) => makeRow(check, entry, entry === chosen))),
    ),
  ];
}

/** @param {Check} check @param {CheckedEntry} entry @param {boolean} chosen */
function makeRow(check, entry, chosen) {
  const name = nameEntry(entry);
  return h(
    "tr",
    { class: chosen ? "chosen" : "" },
    h(
      "th",
      { scope: "row" },
      h("button", { type: "button", "data-key": name, "aria-pressed": String(chosen), title: "Show its curve", onclick: () => check.choose(name) }, name),
    ),
    ...[entry.analytic, entry.numeric].map((value) => h("td", { title: String(value) }, formatNumber(value, { digits: 7, sign: true }))),
    entry.kink ? h("td", {}, h("span", { class: "kink" }, `kink in ${writeEntry(entry.kink)}`)) : h("td", { title: String(entry.relative_error) }, formatNumber(entry.relative_error, { digits: 2 })),
  );
}

/** @param {import("../state/check.js").CurvePoint[]} curve */
function tellCurve(curve) {
  if (curve.every(({ error }) => toNumber(error) === 0)) return EXACT;
  return isBent(curve) ? BENT : STRAIGHT;
}

/** @param {Check} check */
function makeChart(check) {
  const svg = /** @type {SVGSVGElement} */ (document.createElementNS(SVG, "svg"));
  svg.setAttribute("role", "img");
  const surface = h("div", { class: "errors" });
  surface.append(svg);
  const painter = createSvgPainter(svg);
  const size = signal({ width: 0, height: 0 });
  new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = surface;
    if (width !== size.peek().width || height !== size.peek().height) size.value = { width, height };
  }).observe(surface);
  const title = h("h3", {});
  const table = h("table", {});
  const details = h("details", { ontoggle: () => tabulateCurve() }, h("summary", {}, "The curve as a table"), h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "The curve as a table" }, table));
  const best = h("p", {});
  const why = h("p", { class: "quiet" });
  effect(() => {
    const entry = check.entry.value;
    title.textContent = entry ? `Error against step, for ${nameEntry(entry)}` : "";
  });
  effect(() => {
    const [curve, report, { width, height }] = [check.curve.value, check.report.value, size.value];
    if (width < 40 || height < 40 || !report) return;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    painter.draw(curve?.length ? sceneErrors(curve, toNumber(report.h), { width, height }) : []);
    const least = curve ? findBest(curve) : null;
    why.textContent = curve?.length ? tellCurve(curve) : "";
    best.textContent = least ? `Best at h = ${formatNumber(least.h)}: ${formatNumber(least.error)}.` : "";
    svg.setAttribute("aria-label", least ? `Relative error of the difference quotient against its step, least, ${formatNumber(least.error)}, at ${formatNumber(least.h)}` : "No curve yet");
  });
  effect(tabulateCurve);
  return h("section", { class: "curve-of-error", "aria-label": "Error against step" }, title, surface, best, why, details);

  function tabulateCurve() {
    const curve = check.curve.value;
    if (!curve || !details.open) return;
    table.replaceChildren(
      h("thead", {}, h("tr", {}, ...["h", "difference quotient", "relative error"].map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", {}, ...curve.map((point) => h("tr", {}, h("th", { scope: "row" }, formatNumber(point.h)), h("td", { title: String(point.numeric) }, formatNumber(point.numeric, { digits: 7, sign: true })), h("td", { title: String(point.error) }, formatNumber(toNumber(point.error), { digits: 2 }))))),
    );
  }
}
