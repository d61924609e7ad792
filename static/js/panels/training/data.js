/** Own data: points drawn on the plane, and tables. */

import { effect } from "@preact/signals-core";
import { gatherPoints, isOwn } from "../../state/training/setup.js";
import { MOST_CLASSES, nameShape } from "../../scene/training/shapes.js";
import { h, icon } from "../dom.js";
import { closeSheets } from "../sheets.js";
import { badge } from "./confusion.js";
import { openTable } from "./table.js";

/** @typedef {import("../../state/training/store.js").Training} Training */

/** @param {Training} training @returns {HTMLElement[]} */
export function makeOwnData(training) {
  const { state, actions } = training;
  const drawn = isOwn(state.setup.peek().data) && state.setup.peek().data;
  const start = () => {
    const samples = state.samples.peek();
    const plane = samples && samples.columns.length === 2 && samples.labels !== null;
    if (!plane) actions.change({ data: gatherPoints([], ["0", "1"]) });
    actions.setBrush(0);
    closeSheets();
  };
  return [
    h(
      "div",
      { class: "pair" },
      h("button", { type: "button", class: "add", onclick: start }, icon("M4 20l4-1L19 8l-3-3L5 16Z"), "Draw points"),
      h("button", { type: "button", class: "add", onclick: () => openTable(training) }, icon("M4 5h16v14H4Z", "M4 10h16M10 5v14"), "Paste table"),
    ),
    ...(drawn ? [h("p", { class: "quiet own" }, `${drawn.inputs.length} rows of your own; they stay in this page and its link.`)] : []),
  ];
}

/**
 * The classes to draw with, over the picture.
 * @param {HTMLElement} element
 * @param {Training} training
 */
export function mountBrushes(element, { state, actions }) {
  const bar = h("div", { class: "brushes", role: "toolbar", "aria-label": "What to draw" });
  element.append(bar);
  effect(() => {
    const brush = state.brush.value;
    bar.hidden = brush === null;
    if (brush === null) return;
    const focused = bar.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).dataset.key : null;
    const classes = state.samples.value?.classes ?? [];
    const count = Math.min(MOST_CLASSES, Math.max(2, classes.length + 1));
    const choose = (/** @type {number} */ label) => {
      const name = classes[label] ?? "new";
      return h("button", { type: "button", "data-key": label, "aria-pressed": String(brush === label), title: `Class ${name} (key ${label + 1})`, "aria-label": `Class ${name}, ${nameShape(label)}`, onclick: () => actions.setBrush(label) }, badge(label, name, 2));
    };
    bar.replaceChildren(
      ...Array.from({ length: count }, (_, label) => choose(label)),
      h("button", { type: "button", "data-key": "erase", "aria-pressed": String(brush === "erase"), title: "Take points away (key 0)", onclick: () => actions.setBrush("erase") }, "Erase"),
      h("button", { type: "button", "data-key": "clear", onclick: () => actions.change({ data: gatherPoints([], ["0", "1"]) }) }, "Clear"),
      h("button", { type: "button", "data-key": "done", class: "strong", onclick: () => actions.setBrush(null) }, "Done"),
    );
    if (focused) /** @type {HTMLElement | null} */ (bar.querySelector(`[data-key="${focused}"]`))?.focus();
  });
}
