/** Editing a number where it stands. */

import { litPlaces } from "../scene/chips.js";
import { openEditor } from "./editor.js";
import { readEditable } from "./walk.js";

/** @typedef {import("./stage.js").Stage} Stage */

/**
 * Opens an input over the number of `id`; focus returns to its place afterwards.
 * @param {Stage} stage
 * @param {string} id
 */
export function edit(stage, id) {
  const [trace, layout] = [stage.state.trace.value, stage.layout()];
  if (!trace || !layout) return;
  const value = readEditable(trace, id);
  if (value === null) return;
  const edge = layout.edges.find((one) => one.id === id);
  const place = edge
    ? litPlaces({ layout, trace }, edge)[0]
    : (layout.units.get(id) ?? layout.targets.find((one) => one.id === id) ?? layout.biases.find((one) => one.id === id));
  if (!place) return;
  openEditor(stage.element, {
    x: place.x,
    y: place.y,
    label: `new value of ${id}`,
    value: String(value),
    onCommit: (number) => stage.handlers.onEdit(id, number),
    onClose: () => stage.focus(id),
  });
}
