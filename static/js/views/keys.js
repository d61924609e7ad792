/** The keyboard on the stage: arrows walk, Enter selects and edits, Escape lets go. */

import { edit } from "./edit.js";

/** @typedef {import("./stage.js").Stage} Stage */

const DOWNWARD = { ArrowDown: "forward", ArrowUp: "back", ArrowRight: "next", ArrowLeft: "previous" };
const RIGHTWARD = { ArrowRight: "forward", ArrowLeft: "back", ArrowDown: "next", ArrowUp: "previous" };

/**
 * @param {Stage} stage
 * @returns {() => void}
 */
export function listenToKeys(stage) {
  const { svg, state, handlers } = stage;

  /** @param {KeyboardEvent} event */
  const press = (event) => {
    const [shown, id] = [stage.shown(), idOf(event.target)];
    if (!shown || id === null || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const { view, trace, layout } = shown;
    const keys = /** @type {Record<string, import("./walk.js").Direction>} */ (layout.down ? DOWNWARD : RIGHTWARD);
    const direction = keys[event.key];
    if (direction) {
      const next = view.walk(trace, layout, id, direction);
      if (next !== null) stage.focus(next);
    } else if (event.key === "Enter" || event.key === " ") {
      if (state.selection.value === id && view.edits(trace, id)) edit(stage, id);
      else handlers.onSelect(id);
    } else if (event.key === "Escape") {
      handlers.onSelect(null);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  /** @param {FocusEvent} event */
  const enter = (event) => handlers.onHover(idOf(event.target));
  const leave = () => handlers.onHover(null);

  svg.addEventListener("keydown", press);
  svg.addEventListener("focusin", enter);
  svg.addEventListener("focusout", leave);
  return () => {
    svg.removeEventListener("keydown", press);
    svg.removeEventListener("focusin", enter);
    svg.removeEventListener("focusout", leave);
  };
}

/** @param {EventTarget | null} target */
export function idOf(target) {
  return target instanceof SVGElement ? (target.dataset.id ?? null) : null;
}
