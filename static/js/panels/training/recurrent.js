/** The cell of a recurrent network in training, its output and its loss. */

import { h } from "../dom.js";
import { nameOf } from "../options.js";
import { cellFields } from "../recurrent.js";
import { more, section } from "../sections.js";
import { optionalField } from "./optional.js";

/** @typedef {import("../../state/training/store.js").Training} Training */

/** Cut off after so many steps, where someone begins to. */
const TRUNCATION = 4;

/** What the fields depend on, apart from the numbers in them. @param {any} spec */
export function recurrentShape({ cell, activation, output_activation: output, loss_at: at, initializer, recurrent_initializer: recurrent, bias_initializer: bias, truncate }) {
  return [cell, ...[activation, output, initializer, recurrent, bias ?? ""].map(nameOf), at, (truncate ?? null) === null];
}

/**
 * @param {Training} training
 * @param {(fields: import("../options.js").Field[]) => HTMLElement[]} place
 * @param {() => any} spec
 */
export function recurrentSections({ state, actions }, place, spec) {
  const { catalog } = state;
  const { cell, size, choice, judged, first } = cellFields(catalog, spec, actions.changeSpec);
  const truncate = optionalField({
    label: "time steps",
    name: "Truncation: steps back",
    check: "gradients end after",
    integer: true,
    minimum: 1,
    start: TRUNCATION,
    pointer: "/network/spec/truncate",
    read: () => spec().truncate ?? null,
    commit: (value) => actions.changeSpec((old) => ({ ...old, truncate: value })),
  });
  return [
    section(
      "Network",
      h(
        "div",
        { class: "group" },
        h("h3", {}, "Cell"),
        ...place([cell(), size("units", "Cell: units", "units", catalog.limits.units_per_layer), ...choice("activation", "Cell: activation", "", catalog.activations)]),
        more("cell-more", "First weights", place(first())),
      ),
      h("div", { class: "group" }, h("h3", {}, "Output"), ...place(choice("output_activation", "Output: activation", "", catalog.activations))),
    ),
    section("Loss", ...place([...choice("loss", "Loss", "", catalog.losses), judged(), truncate])),
  ];
}
