/** The left panel of the race: the surface, the start, and the optimizers. */

import { computed, effect } from "@preact/signals-core";
import { nameRacers } from "../../layout/race/runs.js";
import { LANES } from "../../scene/race/lanes.js";
import { findOwn, isSlice, listEntries, listSliced, writeEntry } from "../../state/race/setup.js";
import { h, icon } from "../dom.js";
import { numberField, selectField } from "../fields.js";
import { renderFormula } from "../formula.js";
import { optionFields } from "../options.js";
import { locateComplaints, makeEditor } from "../playground/editor.js";
import { placeComplaints, tell } from "../problem.js";
import { makeBadge } from "./badge.js";

/** @typedef {import("../../state/race/store.js").Race} Race */
/** @typedef {import("../options.js").Field} Field */

const [FORMULA, SLICE] = ["own formula", "network slice"];
const MOST_STEPS = 2000;

/** @param {HTMLElement} element @param {Race} race */
export function mountRaceBuilder(element, race) {
  const { state, derived } = race;
  const alert = h("div", { class: "problem", role: "alert", hidden: true });
  const body = h("div", {}, makeSurface(race), makeStart(race), makeRacers(race));
  element.append(alert, body);
  effect(() => {
    const problem = derived.problem.value;
    const { surface } = state.setup.value;
    const text = "expression" in surface ? surface.expression : "";
    const complaints = locateComplaints(problem?.errors ?? [], text).map((error) => ({ ...error, pointer: error.pointer.replace("/surface/expression", "/network/spec/expression") }));
    const rest = placeComplaints(body, complaints);
    const shown = problem !== null && (problem.errors.length === 0 || rest.length > 0);
    alert.hidden = !shown;
    alert.replaceChildren(...(shown ? tell(problem, rest) : []));
  });
}

/** @param {Race} race */
function makeSurface(race) {
  const { state, actions } = race;
  const { catalog } = state;
  const form = computed(() => {
    const { surface } = state.setup.value;
    return "function" in surface ? surface.function : "expression" in surface ? FORMULA : SLICE;
  });
  const choose = (/** @type {string} */ name) => {
    if (name === FORMULA) actions.chooseFormula();
    else if (name === SLICE) actions.chooseSlice("");
    else actions.chooseFunction(name);
  };
  const select = selectField({
    name: "Surface",
    pointer: "/surface",
    entries: [...catalog.surfaces.map(({ name, label }) => ({ value: name, text: label })), { value: FORMULA, text: "Your own formula" }, { value: SLICE, text: "A slice of a network's loss" }],
    read: () => form.value,
    commit: choose,
  });
  const about = h("div", { class: "about" });
  const shape = computed(() => {
    const { surface } = state.setup.value;
    return isSlice(surface) ? `${SLICE} ${"preset" in surface ? surface.preset : JSON.stringify(surface.data)}` : form.value;
  });
  /** @type {(() => void)[]} */
  let disposers = [];
  effect(() => {
    void shape.value;
    for (const dispose of disposers) dispose();
    disposers = [];
    const { surface } = state.setup.peek();
    if ("function" in surface) {
      const entry = catalog.surfaces.find(({ name }) => name === surface.function);
      const formula = h("div", { class: "formula", tabindex: "0", role: "group", "aria-label": "The function" });
      renderFormula(formula, `L = ${entry?.latex ?? ""}`);
      about.replaceChildren(formula, h("p", { class: "quiet summary" }, entry?.summary ?? ""));
    } else if ("expression" in surface) {
      about.replaceChildren(h("p", { class: "quiet summary" }, "Two names, which become the axes."), makeFormulaEditor(race));
    } else {
      const fields = sliceFields(race);
      disposers = fields.map(({ dispose }) => dispose);
      about.replaceChildren(...fields.map((field) => field.element), h("p", { class: "quiet summary" }, `Only these two numbers move; all others stay. ${"preset" in surface ? "Samples are those of the preset." : "Network and samples are those of the training; its schedule, penalties and clipping stay behind."}`));
    }
  });
  return h("section", {}, h("h2", {}, "Surface"), select.element, about);
}

/** The editor of the expression room, on this room's formula. @param {Race} race */
function makeFormulaEditor({ state, actions, derived }) {
  const expression = () => {
    const { surface } = state.setup.value;
    return "expression" in surface ? surface.expression : "";
  };
  const network = computed(() => ({ spec: { expression: expression() }, parameters: {} }));
  const adapter = { state: { network, problem: derived.problem, hover: { value: null }, catalog: state.catalog }, actions: { changeExpression: actions.changeExpression, settle: actions.settle } };
  return makeEditor(/** @type {any} */ (adapter));
}

/** @param {Race} race @returns {Field[]} */
function sliceFields({ state, actions }) {
  const first = state.setup.peek().surface;
  const own = isSlice(first) ? findOwn(first, state.catalog) : null;
  const entries = own ? listEntries(own.network) : [];
  const axes = () => (isSlice(state.setup.value.surface) ? state.setup.value.surface.axes : null);
  const presets = listSliced(state.catalog).map(({ name, title }) => ({ value: name, text: title }));
  const preset = selectField({
    name: "Network",
    entries: "network" in first ? [{ value: "", text: "From the training room" }, ...presets] : presets,
    read: () => ("preset" in state.setup.value.surface ? state.setup.value.surface.preset : ""),
    commit: (name) => (name ? actions.chooseSlice(name) : undefined),
  });
  const axis = (/** @type {0 | 1} */ i) =>
    selectField({
      name: `Weight along ${i ? "the height" : "the width"}`,
      label: i ? "up" : "across",
      pointer: `/surface/axes/${i}`,
      entries: entries.map((entry) => ({ value: writeEntry(entry), text: writeEntry(entry) })),
      read: () => writeEntry(axes()?.[i] ?? { node: "", index: [] }),
      commit: (name) => {
        const found = entries.find((entry) => writeEntry(entry) === name);
        if (found) actions.chooseAxis(i, found);
      },
    });
  const batch = numberField({
    label: "samples per step",
    name: "Samples per step",
    pointer: "/batch_size",
    integer: true,
    minimum: 1,
    read: () => state.setup.value.batch ?? own?.data.inputs?.length ?? state.surface.value?.answer.samples ?? 1,
    commit: actions.setBatch,
  });
  return [preset, axis(0), axis(1), batch];
}

/** @param {Race} race */
function makeStart({ state, actions, derived }) {
  const axis = (/** @type {0 | 1} */ i) => {
    const label = h("span", {});
    // A weight's name is long; its place says as much.
    effect(() => void (label.textContent = isSlice(state.setup.value.surface) ? (i ? "up" : "across") : (state.surface.value?.answer.names[i] ?? "xy"[i])));
    return numberField({
      label,
      name: `Start ${i ? "up" : "across"}`,
      pointer: `/start/${i}`,
      read: () => state.setup.value.start[i],
      commit: (value) => {
        const [x, y] = state.setup.peek().start;
        actions.setStart(i ? [x, value] : [value, y]);
      },
    });
  };
  const steps = numberField({ label: "steps", name: "Steps", pointer: "/steps", integer: true, minimum: 1, maximum: Math.min(MOST_STEPS, state.catalog.limits.race_steps ?? MOST_STEPS), read: () => derived.steps.value, commit: actions.setSteps });
  return h("section", {}, h("h2", {}, "Start"), h("div", { class: "pair" }, axis(0).element, axis(1).element), steps.element);
}

/** @param {Race} race */
function makeRacers({ state, actions }) {
  const list = h("div", { class: "racers" });
  const shape = computed(() => JSON.stringify(state.setup.value.racers.map(({ lane, choice }) => [lane, choice.name])));
  /** @type {(() => void)[]} */
  let disposers = [];
  /** @type {Set<number>} */
  const open = new Set();
  effect(() => {
    void shape.value;
    for (const dispose of disposers) dispose();
    disposers = [];
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    const kept = focused && list.contains(focused) ? focused.getAttribute("aria-label") : null;
    const { racers } = state.setup.peek();
    list.replaceChildren(...racers.map(({ lane }, i) => makeRacer(lane, i)));
    if (kept) /** @type {HTMLElement | null} */ (list.querySelector(`[aria-label="${CSS.escape(kept)}"]`))?.focus();
  });
  const add = h("button", { type: "button", class: "add", onclick: actions.addRacer }, icon("M12 6v12M6 12h12"), "Add an optimizer");
  effect(() => void (add.disabled = state.setup.value.racers.length >= LANES));
  return h("section", {}, h("h2", {}, "Optimizers"), list, add);

  /** @param {number} lane @param {number} place */
  function makeRacer(lane, place) {
    const { catalog } = state;
    const read = () => state.setup.value.racers.find((racer) => racer.lane === lane)?.choice ?? { name: "" };
    const entry = catalog.optimizers.find(({ name }) => name === read().name);
    const title = `Optimizer ${place + 1}`;
    const select = selectField({
      name: title,
      pointer: `/optimizers/${place}`,
      entries: catalog.optimizers.map(({ name, label }) => ({ value: name, text: label })),
      read: () => read().name,
      commit: (name) => actions.changeRacer(lane, { name, learning_rate: read().learning_rate }),
    });
    const options = { schema: entry?.schema, name: title, pointer: `/optimizers/${place}`, read, commit: (/** @type {any} */ choice) => actions.changeRacer(lane, choice) };
    const isRate = (/** @type {string} */ option) => option === "learning_rate";
    const first = optionFields({ ...options, only: isRate });
    const more = optionFields({ ...options, only: (option) => !isRate(option) });
    const notes = h("span", {});
    const stop = effect(() => {
      const [{ notes: text }] = nameRacers([{ lane, choice: read() }], catalog.optimizers);
      notes.textContent = text.split(", ").slice(1).join(", ") || "More options";
    });
    disposers.push(stop, ...[select, ...first, ...more].map(({ dispose }) => dispose));
    const details = h("details", { open: open.has(lane), ontoggle: () => void (details.open ? open.add(lane) : open.delete(lane)) }, h("summary", {}, notes, h("span", { class: "visually-hidden" }, `, ${title}`)), ...more.map((field) => field.element));
    return h(
      "div",
      { class: "racer group" },
      h("div", { class: "top" }, makeBadge(lane), select.element, h("button", { type: "button", class: "bump", "aria-label": `Remove ${title}`, title: "Remove", onclick: () => actions.removeRacer(lane) }, icon("M6 6l12 12M18 6 6 18"))),
      ...first.map((field) => field.element),
      more.length ? details : "",
    );
  }
}
