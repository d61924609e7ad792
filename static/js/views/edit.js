/** Editing a number where it stands. */

import { openEditor } from "./editor.js";

/** @typedef {import("./stage.js").Stage} Stage */

/**
 * Opens an input over the number of `id`; focus returns to its place afterwards.
 * @param {Stage} stage
 * @param {string} id
 */
export function edit(stage, id) {
  const shown = stage.shown();
  if (!shown) return;
  const { view, trace, layout } = shown;
  const [number, place] = [view.edits(trace, id), view.place(trace, layout, id)];
  if (!number || !place) return;
  openEditor(stage.element, {
    ...stage.toScreen(place),
    label: `new value of ${id}`,
    value: String(number.value),
    onCommit: (value) => stage.handlers.onEdit(number.id, value),
    onClose: () => stage.focus(id),
  });
}
