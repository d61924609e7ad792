/** The left panel of a sweep: its two options and their ranges; everything else is as with the layers. */

import { AXES, MOST_VALUES, usualAxis } from "../../state/lab/grid.js";
import { h } from "../dom.js";
import { checkField, numberField, selectField } from "../fields.js";
import { choiceFields } from "../options.js";
import { section } from "./slider.js";

/** @typedef {import("../../state/lab/store.js").Lab} Lab */
/** @typedef {import("../../state/lab/grid.js").AxisName} AxisName */
/** @typedef {import("../options.js").Field} Field */

/**
 * @param {Lab} lab
 * @param {(...fields: Field[]) => HTMLElement[]} place
 */
export function sweepSections({ state, actions }, place) {
  const { catalog } = state;
  const { limits } = catalog;
  const sweep = () => state.sweep.value;
  const form = () => state.base.value;
  const names = /** @type {AxisName[]} */ (Object.keys(AXES));

  /** @param {"x" | "y"} key @param {string} title @param {number} at */
  const axis = (key, title, at) => {
    const other = key === "x" ? "y" : "x";
    const now = sweep()[key];
    const put = (/** @type {Partial<import("../../state/lab/grid.js").AxisForm>} */ part) => actions.changeSweep({ [key]: { ...sweep()[key], ...part } });
    const select = selectField({
      name: title,
      pointer: `/grid/${at}`,
      entries: names.filter((name) => name !== sweep()[other].name).map((name) => ({ value: name, text: AXES[name].label })),
      read: () => sweep()[key].name,
      commit: (name) => actions.changeSweep({ [key]: usualAxis(/** @type {AxisName} */ (name)) }),
    });
    if (AXES[now.name].named) return section(title, ...place(select), h("p", { class: "quiet note" }, "Every one in the catalog."));
    const number = (/** @type {"from" | "to" | "count"} */ part, /** @type {string} */ label, /** @type {object} */ bounds) =>
      numberField({ label, name: `${title}: ${label}`, pointer: `/grid/${at}/values`, ...bounds, read: () => sweep()[key][part], commit: (value) => put({ [part]: value }) });
    const { least, whole } = AXES[now.name];
    const most = now.name === "depth" ? { maximum: limits.layers } : now.name === "width" ? { maximum: limits.units_per_layer } : {};
    return section(
      title,
      ...place(select, number("from", "from", { minimum: least, integer: whole, ...most }), number("to", "to", { minimum: least, integer: whole, ...most }), number("count", "values", { integer: true, minimum: 2, maximum: MOST_VALUES, stepper: true })),
    );
  };
  const has = (/** @type {AxisName} */ name) => sweep().x.name === name || sweep().y.name === name;
  const whole = { integer: true, minimum: 1 };
  const fixed = [
    ...(has("depth") ? [] : [numberField({ label: "depth", name: "Depth", pointer: "/repeat", ...whole, maximum: limits.layers, read: () => form().depth, commit: (value) => actions.changeBase({ depth: value }) })]),
    ...(has("width") ? [] : [numberField({ label: "width", name: "Width", pointer: "/network/layers/0/units", ...whole, maximum: limits.units_per_layer, read: () => form().width, commit: (value) => actions.changeBase({ width: value }) })]),
    ...(has("activation") ? [] : choiceFields({ entries: catalog.activations, name: "Activation", pointer: "/network/layers/0/activation", read: () => form().activation, commit: (choice) => actions.changeBase({ activation: choice }) })),
    ...(has("initializer") || has("sigma_w") ? [] : choiceFields({ entries: catalog.initializers, name: "Initializer", pointer: "/network/layers/0/initializer", read: () => form().initializer, commit: (choice) => actions.changeBase({ initializer: choice }) })),
    checkField({ label: "layer normalization", name: "Layer normalization", pointer: "/network/layers/0/layer_norm", read: () => form().layer_norm, commit: (use) => actions.changeBase({ layer_norm: use }) }),
    checkField({ label: "residual connections", name: "Residual connections", pointer: "/network/layers/0/residual", read: () => form().residual, commit: (use) => actions.changeBase({ residual: use }) }),
  ];
  return [
    h("p", { class: "quiet summary lead" }, "Two options over their ranges: how much of the gradient reaches layer 1, as a power of ten."),
    axis("x", "Across", 0),
    axis("y", "Up", 1),
    section("Everything else", ...place(...fixed)),
    section(
      "Measurement",
      ...place(
        numberField({ label: "seeds", name: "Seeds", pointer: "/seeds", ...whole, maximum: limits.seeds, read: () => sweep().seeds, commit: (value) => actions.changeSweep({ seeds: value }) }),
        numberField({ label: "samples", name: "Batch", pointer: "/batch", ...whole, maximum: limits.batch, read: () => form().batch, commit: (value) => actions.changeBase({ batch: value }) }),
      ),
    ),
  ];
}
