/** A table of one's own: pasted, dropped or chosen; what was understood of it is shown before it is used. */

import { readTable } from "../../state/training/effects.js";
import { h, icon } from "../dom.js";

/** @typedef {import("../../state/training/store.js").Training} Training */

const WAIT = 300;
const DELIMITERS = [["", "automatic"], [",", "comma"], [";", "semicolon"], ["\t", "tab"], ["|", "bar"]];
const EXAMPLE = "x1,x2,class\n1.2,0.4,a\n-0.3,2.1,b\n…";

/** @type {{dialog: HTMLDialogElement, reset: () => void} | null} */
let made = null;

/** @param {Training} training */
export function openTable(training) {
  made ??= build(training);
  made.dialog.showModal();
}

/** @param {Training} training */
function build({ state, actions }) {
  const text = h("textarea", { class: "csv", rows: "8", spellcheck: "false", placeholder: EXAMPLE, "aria-label": "Table as comma-separated values", "aria-describedby": "csv-said" });
  const file = h("input", { type: "file", accept: ".csv,.tsv,.txt,text/csv", "aria-label": "File with a table" });
  const delimiter = h("select", { "aria-label": "Delimiter" }, ...DELIMITERS.map(([value, name]) => h("option", { value }, name)));
  const header = h("select", { "aria-label": "First row" }, h("option", { value: "" }, "automatic"), h("option", { value: "yes" }, "names"), h("option", { value: "no" }, "data"));
  const label = h("select", { "aria-label": "Column to predict" }, h("option", { value: "" }, "automatic"));
  const standardize = h("input", { type: "checkbox" });
  const said = h("div", { id: "csv-said", class: "csv-said", "aria-live": "polite" });
  const preview = h("div", { class: "rows", tabindex: "0", role: "region", "aria-label": "Preview" });
  const use = h("button", { type: "button", class: "text-button strong", disabled: true }, "Use this table");
  /** @type {any} */
  let answer = null;
  /** @type {AbortController | null} */
  let running = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const ask = () => {
    clearTimeout(timer);
    timer = setTimeout(read, WAIT);
  };
  const read = async () => {
    running?.abort();
    const mine = (running = new AbortController());
    const value = text.value;
    if (value.trim() === "") return show(null, []);
    const size = new TextEncoder().encode(value).length;
    if (size > state.catalog.limits.csv_bytes) return show(null, [`A table has at most ${state.catalog.limits.csv_bytes.toLocaleString("en")} bytes; this one has ${size.toLocaleString("en")}.`]);
    const table = { text: value, delimiter: delimiter.value || null, header: header.value === "" ? null : header.value === "yes", label: label.value || null, standardize: standardize.checked };
    try {
      const result = await readTable(table, mine.signal);
      if (mine.signal.aborted) return;
      if ("problem" in result) show(null, result.problem.errors.length ? result.problem.errors.map(({ detail }) => detail) : [result.problem.detail]);
      else show(result.answer, []);
    } catch {
      // A newer table is being read.
    }
  };

  /** @param {any} found @param {string[]} complaints */
  function show(found, complaints) {
    answer = found;
    use.disabled = found === null;
    text.toggleAttribute("aria-invalid", complaints.length > 0);
    said.className = `csv-said${complaints.length ? " wrong" : ""}`;
    said.replaceChildren(...(found ? describe(found) : complaints.map((complaint) => h("p", {}, capitalize(complaint)))));
    preview.replaceChildren(...(found ? [tabulate(found)] : []));
    const names = found?.names ?? [];
    if (!found) return;
    const chosen = label.value;
    label.replaceChildren(h("option", { value: "" }, `automatic: ${found.label}`), ...names.map((/** @type {string} */ name) => h("option", { value: name }, name)));
    label.value = names.includes(chosen) ? chosen : "";
  }

  const take = (/** @type {File | undefined} */ chosen) => {
    if (!chosen) return;
    if (chosen.size > state.catalog.limits.csv_bytes) return show(null, [`A table has at most ${state.catalog.limits.csv_bytes.toLocaleString("en")} bytes.`]);
    chosen.text().then((content) => {
      text.value = content;
      label.value = "";
      read();
    });
  };
  text.addEventListener("input", () => {
    label.value = "";
    ask();
  });
  for (const control of [delimiter, header, label, standardize]) control.addEventListener("change", read);
  file.addEventListener("change", () => take(file.files?.[0]));
  use.addEventListener("click", () => {
    if (!answer) return;
    const { inputs, labels, targets, classes, columns, outputs } = answer;
    actions.change({ data: { own: "table", inputs, labels, targets, classes, columns, outputs } });
    dialog.close();
  });

  const dialog = h(
    "dialog",
    { class: "help table-dialog", "aria-labelledby": "csv-title" },
    h("h2", { id: "csv-title" }, "A table of your own"),
    h("p", { class: "quiet" }, "Rows of numbers and a column to predict. Paste it, drop a file here, or choose one. It stays in this page."),
    text,
    h("div", { class: "csv-options" }, h("label", { class: "text-button file" }, "Choose a file", file), option("delimiter", delimiter), option("first row", header), option("predict", label), h("label", { class: "check" }, standardize, h("span", {}, "standardize the inputs"))),
    said,
    preview,
    h("form", { method: "dialog", class: "dialog-end" }, h("button", { class: "text-button" }, "Cancel"), use),
  );
  dialog.addEventListener("dragover", (event) => event.preventDefault());
  dialog.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer?.files[0]);
  });
  document.body.append(dialog);
  return { dialog, reset: () => show(null, []) };
}

/** @param {string} name @param {HTMLSelectElement} select */
function option(name, select) {
  return h("label", { class: "well select" }, h("span", { class: "label" }, name), select, icon("m7 10 5 5 5-5"));
}

/** @param {any} found */
function describe({ inputs, classes, columns, label, header, left_out, gaps, incomplete, outputs }) {
  const what = classes.length ? `${label}, one of ${classes.length} classes` : `${outputs[0] ?? label}, a number`;
  return [
    h("p", {}, `${inputs.length} samples of ${columns.length} ${columns.length === 1 ? "number" : "numbers"} to predict ${what}. ${header ? "The first row holds names." : "There is no row of names."}`),
    left_out.length > 0 && h("p", {}, `Left out, since they are words: ${left_out.join(", ")}.`),
    incomplete > 0 && h("p", {}, `${incomplete} ${incomplete === 1 ? "row is" : "rows are"} left out because a cell is missing: ${gaps.slice(0, 6).map((/** @type {any} */ { row, column }) => `row ${row}, ${column}`).join("; ")}${gaps.length > 6 ? "; …" : ""}.`),
  ].filter((part) => part !== false);
}

/** @param {any} found */
function tabulate({ names, preview, label }) {
  return h(
    "table",
    {},
    h("thead", {}, h("tr", {}, ...names.map((/** @type {string} */ name) => h("th", { scope: "col", class: name === label ? "label" : "" }, name)))),
    h("tbody", {}, ...preview.map((/** @type {string[]} */ row) => h("tr", {}, ...row.map((cell, k) => h("td", { class: names[k] === label ? "label" : "" }, cell))))),
  );
}

/** @param {string} text */
function capitalize(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
