/** The editor: a text field over a copy of its text in color, with wrong places marked in the copy. */

import { effect, signal } from "@preact/signals-core";
import { findPlace, splitWords } from "../../state/expression.js";
import { h } from "../dom.js";

/** @typedef {import("../../state/store.js").Store} Store */
/** @typedef {import("../../state/state.js").ProblemEntry} ProblemEntry */

/** How long a pause in typing is, in ms. */
const PAUSE = 250;

/**
 * @param {Store} store
 * @returns {HTMLElement}
 */
export function makeEditor({ state, actions }) {
  const copy = h("pre", { class: "copy", "aria-hidden": "true" });
  const note = h("p", { class: "field-error", id: "expression-note", role: "status" });
  const field = h("textarea", {
    "aria-label": "Formula",
    "aria-describedby": note.id,
    "data-pointer": "/network/spec/expression",
    autocomplete: "off",
    autocapitalize: "off",
    autocorrect: "off",
    spellcheck: "false",
    rows: 1,
  });
  const posed = () => String(state.network.value.spec.expression);
  const typed = signal(posed());
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const commit = () => {
    clearTimeout(timer);
    timer = undefined;
    if (field.value !== String(state.network.peek().spec.expression)) actions.changeExpression(field.value);
  };
  field.addEventListener("input", () => {
    typed.value = field.value;
    clearTimeout(timer);
    timer = setTimeout(commit, PAUSE);
  });
  field.addEventListener("blur", () => {
    commit();
    actions.settle();
  });
  effect(() => {
    const text = posed();
    if (timer !== undefined || field.value === text) return;
    field.value = text;
    typed.value = text;
  });
  effect(() => {
    const text = typed.value;
    const learning = new Set(Object.keys(state.network.value.parameters ?? {}));
    const wrong = text === posed() ? placeOf(state.problem.value?.errors, text) : null;
    copy.replaceChildren(...paint(text, wrong, learning, state.hover.value));
  });
  return h(
    "div",
    { class: "field" },
    h("div", { class: "editor" }, copy, field),
    note,
    h("details", { id: "functions" }, h("summary", {}, "Functions and signs"), chips(field, state.catalog)),
  );
}

/**
 * Complaints with the line and the character that they are about.
 * @param {ProblemEntry[]} errors
 * @param {string} text
 * @returns {ProblemEntry[]}
 */
export function locateComplaints(errors, text) {
  return errors.map((error) => {
    const place = placeOf([error], text);
    if (!place) return error;
    const before = text.slice(0, place.start).split("\n");
    return { ...error, detail: `Line ${before.length}, character ${(before.at(-1) ?? "").length + 1}: ${error.detail}.` };
  });
}

/** @param {ProblemEntry[] | undefined} errors @param {string} text */
function placeOf(errors, text) {
  const error = errors?.find(({ position }) => position !== undefined);
  return error?.position === undefined ? null : findPlace(text, error.position, error.length ?? 1);
}

/**
 * @param {string} text
 * @param {{start: number, end: number} | null} wrong
 * @param {Set<string>} learning names that steps move
 * @param {string | null} lit
 */
function paint(text, wrong, learning, lit) {
  let at = 0;
  const parts = splitWords(text).flatMap(({ kind, text: word }) => {
    const start = at;
    at += word.length;
    const learns = kind === "name" && learning.has(word) ? " learns" : "";
    const isLit = (kind === "name" || kind === "assigned") && word === lit ? " lit" : "";
    const cuts = [start, wrong?.start ?? start, wrong?.end ?? at, at].map((cut) => Math.min(at, Math.max(start, cut)));
    return [0, 1, 2].filter((i) => cuts[i] < cuts[i + 1]).map((i) => {
      const isWrong = i === 1 && wrong ? " wrong" : "";
      return h("span", { class: kind + learns + isLit + isWrong }, text.slice(cuts[i], cuts[i + 1]));
    });
  });
  // What is wrong with the end of the text is marked behind it. A last empty line needs a character to stand.
  const end = wrong && wrong.start >= text.length ? h("span", { class: "wrong" }, " ") : "";
  return [...parts, end, "\u200b"];
}

/**
 * Functions to put in at the cursor, around what is selected.
 * @param {HTMLTextAreaElement} field
 * @param {import("../../state/state.js").Catalog} catalog
 */
function chips(field, { functions }) {
  const insert = (/** @type {string} */ name) => {
    const { selectionStart: start, selectionEnd: end, value } = field;
    field.setRangeText(`${name}(${value.slice(start, end)})`, start, end, "end");
    if (start === end) field.setSelectionRange(field.selectionStart - 1, field.selectionStart - 1);
    field.focus();
    field.dispatchEvent(new Event("input"));
  };
  return h(
    "div",
    { class: "chips" },
    h("p", { class: "quiet" }, h("kbd", {}, "+"), " ", h("kbd", {}, "-"), " ", h("kbd", {}, "*"), " ", h("kbd", {}, "/"), " ", h("kbd", {}, "**"), " ", h("kbd", {}, "( )"), " and ", h("kbd", {}, "="), " ", h("kbd", {}, "+="), " to name a line."),
    ...functions.map(({ name, label, summary }) => h("button", { type: "button", class: "insert", title: `${label}: ${summary}`, onclick: () => insert(name) }, name)),
  );
}
