/** The left panel of the expression room: presets, the formula, its values, its optimizer. */

import { computed, effect } from "@preact/signals-core";
import { segments } from "../../timeline/playhead.js";
import { h } from "../dom.js";
import { selectField } from "../fields.js";
import { optimizerFields } from "../optimizer.js";
import { placeComplaints, tell } from "../problem.js";
import { locateComplaints, makeEditor } from "./editor.js";
import { makeValues } from "./values.js";

/** @typedef {import("../../state/store.js").Store} Store */
/** @typedef {import("../../state/playground.js").Playground} Playground */

/**
 * @param {HTMLElement} element
 * @param {Store} store
 * @param {Playground} playground
 */
export function mountFormula(element, store, playground) {
  const { state, actions } = store;
  const alert = h("div", { class: "problem", role: "alert", hidden: true });
  const preset = selectField({
    name: "Start from",
    entries: [{ value: "", text: "Your own" }, ...state.catalog.presets.map(({ name, title }) => ({ value: name, text: title }))],
    read: () => state.preset.value ?? "",
    commit: (name) => {
      if (!name) return;
      actions.choosePreset(name);
      showGradients(store);
    },
  });
  const summary = h("p", { class: "quiet summary" });
  effect(() => {
    const entry = state.catalog.presets.find(({ name }) => name === state.preset.value);
    summary.hidden = !entry;
    summary.textContent = entry?.summary ?? "";
  });
  const body = h(
    "div",
    {},
    h("section", {}, h("h2", {}, "Start from"), preset.element, summary),
    h("section", {}, h("h2", {}, "Formula"), makeEditor(store)),
    h("section", {}, h("h2", {}, "Values"), makeValues(store, playground)),
    makeOptimizer(store),
  );
  element.append(alert, body);
  effect(() => {
    const problem = state.problem.value;
    const text = String(state.network.value.spec.expression);
    const rest = placeComplaints(body, locateComplaints(problem?.errors ?? [], text));
    const shown = problem !== null && (problem.errors.length === 0 || rest.length > 0);
    alert.hidden = !shown;
    alert.replaceChildren(...(shown ? tell(problem, rest) : []));
  });
}

/** Every value and every gradient, before any update. @param {Store} store */
export function showGradients({ state, actions }) {
  const backward = segments(state.trace.peek().beats).find(({ phase }) => phase === "backward");
  if (backward) actions.setPlayhead(backward.end);
}

/**
 * Only what learns has a rule to learn by.
 * @param {Store} store
 */
function makeOptimizer({ state, actions }) {
  const element = h("section", {});
  const structure = computed(() => (Object.keys(state.network.value.parameters ?? {}).length ? state.optimizer.value.name : ""));
  /** @type {(() => void)[]} */
  let disposers = [];
  effect(() => {
    for (const dispose of disposers) dispose();
    disposers = [];
    element.hidden = structure.value === "";
    if (element.hidden) return;
    const { first, more } = optimizerFields(state, actions);
    disposers = [...first, ...more].map(({ dispose }) => dispose);
    const open = element.querySelector("details")?.open;
    element.replaceChildren(
      h("h2", {}, "Optimizer"),
      ...first.map((field) => field.element),
      more.length ? h("details", { open }, h("summary", {}, "More options"), ...more.map((field) => field.element)) : "",
    );
  });
  return element;
}
