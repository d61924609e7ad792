/** Formulas, whose terms and the picture light each other. */

import katex from "katex";
import { effect } from "@preact/signals-core";

/** @typedef {import("../state/store.js").Store} Store */

/** The only commands that may add attributes: the marks of terms. */
const TRUSTED = new Set(["\\htmlData", "\\htmlClass"]);

/**
 * @param {HTMLElement} element
 * @param {string} latex
 */
export function renderFormula(element, latex) {
  katex.render(latex, element, {
    displayMode: true,
    throwOnError: false,
    strict: (/** @type {string} */ code) => (code === "htmlExtension" ? "ignore" : "warn"),
    trust: (/** @type {{command: string}} */ { command }) => TRUSTED.has(command),
    output: "htmlAndMathml",
  });
}

/**
 * Terms below `element` light their place in the picture, and the other way round.
 * @param {HTMLElement} element
 * @param {Store} store
 */
export function linkTerms(element, { state, actions }) {
  const idOf = (/** @type {Event} */ event) =>
    /** @type {HTMLElement} */ (event.target).closest("[data-id]")?.getAttribute("data-id") ?? null;
  element.addEventListener("pointerover", (event) => actions.hover(idOf(event)));
  element.addEventListener("pointerleave", () => actions.hover(null));
  element.addEventListener("click", (event) => {
    const id = idOf(event);
    if (id) actions.select(id);
  });
  element.addEventListener("focusin", (event) => actions.hover(idOf(event)));
  element.addEventListener("focusout", () => actions.hover(null));
  effect(() => {
    const hovered = state.hover.value;
    void [state.trace.value, state.selection.value, Math.floor(state.playhead.peek())];
    queueMicrotask(() => {
      for (const term of element.querySelectorAll("[data-id]")) {
        term.classList.toggle("lit", term.getAttribute("data-id") === hovered);
      }
    });
  });
}
