/** Pointing at the steps of sequences, and walking from one to the next. */

import { nameStep, readStep } from "../../scene/training/said.js";

/** @typedef {import("../../state/training/store.js").Training} Training */

/**
 * @param {SVGSVGElement} svg
 * @param {Training} training
 * @param {(id: string) => SVGElement | null} find
 */
export function listenToSteps(svg, { state, actions }, find) {
  /** @type {string | null} */
  let current = null;
  const idOf = (/** @type {EventTarget | null} */ target) => (target instanceof Element ? target.closest("[data-id]")?.getAttribute("data-id") : null) ?? null;
  const choose = (/** @type {string | null} */ id) => actions.select(id === state.selection.peek() ? null : id);

  svg.addEventListener("pointerover", (event) => actions.hover(idOf(event.target)));
  svg.addEventListener("pointerleave", () => actions.hover(null));
  svg.addEventListener("click", (event) => choose(idOf(event.target)));
  svg.addEventListener("focusin", (event) => rove(idOf(event.target)));
  svg.addEventListener("keydown", (event) => {
    const id = idOf(event.target);
    if (!id) return;
    if (event.key === "Enter") choose(id);
    else if (event.key.startsWith("Arrow")) {
      const next = neighbors(id, event.key).find((to) => find(to) !== null);
      if (next) {
        rove(next);
        find(next)?.focus();
      }
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });

  /** One part is in the tab order. @param {string | null} id */
  function rove(id) {
    const next = find(id ?? current ?? "cell") ?? find("cell");
    if (!next || next.getAttribute("tabindex") === "0") return;
    if (current) find(current)?.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    current = next.dataset.id ?? null;
  }
  return { rove };
}

/**
 * Where an arrow key leads, the best place first: through the steps of a sequence, up and down from
 * one to the next, and from the network into the first.
 * @param {string} id
 * @param {string} key
 * @returns {string[]}
 */
export function neighbors(id, key) {
  const step = readStep(id);
  if (!step) {
    if (key === "ArrowRight") return [nameStep(0, 0)];
    return key === "ArrowUp" ? ["output"] : key === "ArrowDown" ? ["cell"] : [];
  }
  const { at, time } = step;
  if (key === "ArrowRight") return [nameStep(at, time + 1)];
  if (key === "ArrowLeft") return time > 0 ? [nameStep(at, time - 1)] : ["cell"];
  const to = at + (key === "ArrowDown" ? 1 : -1);
  return to < 0 ? [] : [nameStep(to, time), nameStep(to, 0)];
}
