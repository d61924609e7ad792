/** Fields that keep what was typed, explain what is wrong beside them, and commit what is right. */

import { effect } from "@preact/signals-core";
import { h, icon } from "./dom.js";

const COMMIT_DELAY = 120;
let count = 0;

/**
 * @typedef {object} NumberOptions
 * @property {string | Node} label
 * @property {string} name for screen readers, where the label alone would not tell
 * @property {() => number} read
 * @property {(value: number) => void} commit
 * @property {string} [pointer] where the number stands in the request
 * @property {boolean} [integer]
 * @property {boolean} [stepper] with buttons for one less and one more
 * @property {number} [minimum]
 * @property {number} [maximum]
 * @property {number} [above] the value must be larger than this
 * @property {number} [below] the value must be smaller than this
 */

/**
 * @param {NumberOptions} options
 * @returns {{element: HTMLElement, dispose: () => void}}
 */
export function numberField(options) {
  const note = h("p", { class: "field-error", id: `field-${++count}`, hidden: true });
  const input = h("input", {
    type: "text",
    inputmode: options.integer ? "numeric" : "decimal",
    autocomplete: "off",
    spellcheck: "false",
    "aria-label": options.name,
    "aria-describedby": note.id,
    "data-pointer": options.pointer,
  });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const take = (/** @type {number} */ delay) => {
    const { value, complaint } = parse(input.value, options);
    explain(input, note, complaint);
    clearTimeout(timer);
    if (complaint === null && value !== options.read()) {
      timer = setTimeout(() => options.commit(value), delay);
    }
  };
  const step = (/** @type {number} */ direction) => {
    const { value, complaint } = parse(input.value, { ...options, minimum: undefined });
    if (complaint !== null) return;
    // Twelve digits: a sum of decimals should not show what binary made of it.
    input.value = write(Number((value + direction * (options.integer ? 1 : stepOf(value))).toPrecision(12)));
    take(0);
  };
  input.addEventListener("input", () => take(COMMIT_DELAY));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") take(0);
    const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!direction) return;
    event.preventDefault();
    step(direction);
  });
  input.addEventListener("blur", () => {
    if (parse(input.value, options).complaint === null) input.value = write(options.read());
  });
  const dispose = effect(() => {
    const value = options.read();
    if (document.activeElement === input && input.getAttribute("aria-invalid") !== "true") {
      if (parse(input.value, options).value === value) return;
    } else if (input.getAttribute("aria-invalid") === "true") return;
    input.value = write(value);
  });
  const bump = (/** @type {number} */ by, /** @type {string} */ text, /** @type {string} */ path) =>
    h("button", { type: "button", class: "bump", "aria-label": `${text}: ${options.name}`, onclick: () => step(by) }, icon(path));
  const element = h(
    "div",
    { class: `field${options.stepper ? " stepping" : ""}` },
    h(
      "label",
      { class: "well" },
      h("span", { class: "label" }, options.label),
      options.stepper && bump(-1, "One less", "M6 12h12"),
      input,
      options.stepper && bump(1, "One more", "M12 6v12M6 12h12"),
    ),
    note,
  );
  return { element, dispose };
}

/**
 * @param {{name: string, label?: string, entries: {value: string, text: string}[], read: () => string,
 *   commit: (value: string) => void, pointer?: string}} options
 */
export function selectField({ name, label, entries, read, commit, pointer }) {
  const note = h("p", { class: "field-error", id: `field-${++count}`, hidden: true });
  const select = h(
    "select",
    { "aria-label": name, "aria-describedby": note.id, "data-pointer": pointer, onchange: () => commit(select.value) },
    ...entries.map(({ value, text }) => h("option", { value }, text)),
  );
  const dispose = effect(() => void (select.value = read()));
  const element = h(
    "div",
    { class: "field" },
    h("label", { class: "well select" }, label && h("span", { class: "label" }, label), select, icon("m7 10 5 5 5-5")),
    note,
  );
  return { element, dispose };
}

/**
 * @param {{label: string, name: string, read: () => boolean, commit: (value: boolean) => void, pointer?: string}} options
 */
export function checkField({ label, name, read, commit, pointer }) {
  const note = h("p", { class: "field-error", id: `field-${++count}`, hidden: true });
  const box = h("input", { type: "checkbox", "aria-label": name, "aria-describedby": note.id, "data-pointer": pointer, onchange: () => commit(box.checked) });
  const dispose = effect(() => void (box.checked = read()));
  const element = h("div", { class: "field" }, h("label", { class: "check" }, box, h("span", {}, label)), note);
  return { element, dispose };
}

/**
 * Say beside a control what is wrong, or take it back with `null`.
 * @param {Element} input
 * @param {HTMLElement} note
 * @param {string | null} complaint
 */
export function explain(input, note, complaint) {
  note.hidden = complaint === null;
  note.textContent = complaint ?? "";
  if (complaint === null) input.removeAttribute("aria-invalid");
  else input.setAttribute("aria-invalid", "true");
}

/** @param {string} text @param {Partial<NumberOptions>} bounds @returns {{value: number, complaint: string | null}} */
export function parse(text, { integer, minimum, maximum, above, below }) {
  const value = Number(text.trim().replaceAll("\u2212", "-").replace(",", "."));
  const complain = (/** @type {string} */ complaint) => ({ value, complaint });
  if (text.trim() === "" || !Number.isFinite(value)) return complain(integer ? "Type a whole number." : "Type a number.");
  if (integer && !Number.isInteger(value)) return complain("Type a whole number.");
  if (minimum !== undefined && value < minimum) return complain(`At least ${minimum}.`);
  if (maximum !== undefined && value > maximum) return complain(`At most ${maximum}.`);
  if (above !== undefined && value <= above) return complain(`More than ${above}.`);
  if (below !== undefined && value >= below) return complain(`Less than ${below}.`);
  return { value, complaint: null };
}

/** A step of about a tenth of the value, on a round decimal. @param {number} value */
function stepOf(value) {
  const size = Math.abs(value);
  return size === 0 ? 0.1 : 10 ** (Math.floor(Math.log10(size)) - (size >= 1 ? 1 : 0));
}

/** All digits: what a field shows is what it commits. @param {number} value */
export function write(value) {
  return String(value).replaceAll("-", "\u2212");
}
