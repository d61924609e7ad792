/** The sequences on the stage as a table: input, target and prediction at every step. */

import { computed, effect } from "@preact/signals-core";
import { readSequences } from "../../scene/training/reading.js";
import { writeInput, writeSaid, writeTarget } from "../../scene/training/said.js";
import { isRecurrent } from "../../state/sequences.js";
import { isSequences } from "../../state/training/setup.js";
import { tellSequences } from "../../state/training/told.js";
import { h, icon } from "../dom.js";

/** @typedef {import("../../state/training/store.js").Training} Training */

const INTERVAL = 250;

/** @param {Training} training */
export function makeSequenceTable({ state }) {
  const select = h("select", { "aria-label": "Sequence", onchange: () => draw() });
  const table = h("table", {});
  const rows = h("div", { class: "rows", tabindex: "0", role: "region", "aria-label": "Sequence as a table" }, table);
  const details = h("details", { ontoggle: () => draw() }, h("summary", {}, "As a table"), h("div", { class: "well select" }, select, icon("m7 10 5 5 5-5")), rows);
  const section = h("section", { "aria-label": "Sequences" }, h("h2", {}, "Sequences"), h("p", { class: "quiet note" }, "What the network says of sequences that it does not learn from, step by step."), details);
  effect(() => void (section.hidden = !isRecurrent(state.setup.value.spec)));
  const names = computed(() => JSON.stringify(state.frame.value?.sequences?.rows ?? []));
  effect(() => {
    const numbers = /** @type {number[]} */ (JSON.parse(names.value));
    select.replaceChildren(...numbers.map((row, i) => h("option", { value: i }, `Sequence ${row + 1}`)));
  });
  let due = false;
  effect(() => {
    void [state.frame.value, state.samples.value];
    if (due || section.hidden) return;
    due = true;
    setTimeout(() => {
      due = false;
      draw();
    }, INTERVAL);
  });
  return section;

  function draw() {
    const [samples, frame, document] = [state.samples.peek(), state.frame.peek(), state.document.peek()];
    const spec = document?.spec ?? state.setup.peek().spec;
    if (!details.open || !samples || !frame?.sequences || !isSequences(samples) || !isRecurrent(spec)) return;
    const one = tellSequences(samples, frame.sequences, spec)[Number(select.value)];
    if (!one) return;
    const how = readSequences(spec, samples, state.catalog);
    table.replaceChildren(
      h("caption", { class: "visually-hidden" }, `Sequence ${one.row + 1} after step ${frame.step}`),
      h("thead", {}, h("tr", {}, ...["step", "input", "target", "prediction"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, ...one.inputs.map((_, t) => h("tr", {}, h("th", { scope: "row" }, t + 1), h("td", {}, writeInput(one, t, samples.columns)), h("td", {}, writeTarget(one, t, how) ?? "–"), h("td", {}, writeSaid(one, t, how) ?? "–")))),
    );
  }
}
