/** Pointing at units and weights of the network in training, and walking from one to the next. */

/** @typedef {import("../../state/training/store.js").Training} Training */
/** @typedef {import("../../layout/training.js").TrainingLayout} Layout */

/**
 * @param {SVGSVGElement} svg
 * @param {Training} training
 * @param {() => Layout | null} layout
 * @param {(id: string) => SVGElement | null} find
 */
export function listenToUnits(svg, { state, actions }, layout, find) {
  /** @type {string | null} */
  let current = null;
  const idOf = (/** @type {EventTarget | null} */ target) => (target instanceof Element ? target.closest("[data-id]")?.getAttribute("data-id") : null) ?? null;

  svg.addEventListener("pointerover", (event) => actions.hover(idOf(event.target)));
  svg.addEventListener("pointerleave", () => actions.hover(null));
  svg.addEventListener("click", (event) => {
    const id = idOf(event.target);
    actions.select(id === state.selection.peek() ? null : id);
  });
  svg.addEventListener("focusin", (event) => {
    const id = idOf(event.target);
    if (id) rove(id);
  });
  svg.addEventListener("keydown", (event) => {
    const id = idOf(event.target);
    const place = layout();
    if (!id || !place) return;
    const { down } = place;
    const steps = /** @type {Record<string, "forward" | "back" | "next" | "previous">} */ (
      down ? { ArrowDown: "forward", ArrowUp: "back", ArrowRight: "next", ArrowLeft: "previous" } : { ArrowRight: "forward", ArrowLeft: "back", ArrowDown: "next", ArrowUp: "previous" }
    );
    if (event.key === "Enter") actions.select(id === state.selection.peek() ? null : id);
    else if (event.key in steps) {
      const next = neighbor(place, id, steps[event.key], (to) => find(to) !== null);
      if (next) {
        rove(next);
        /** @type {SVGElement | null} */ (find(next))?.focus();
      }
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });

  /** One part is in the tab order. @param {string | null} id */
  function rove(id) {
    const wanted = id ?? current ?? "x[0]";
    const next = find(wanted) ?? find("x[0]") ?? /** @type {SVGElement | null} */ (svg.querySelector("[data-id]"));
    if (!next || next.getAttribute("tabindex") === "0") return;
    if (current) find(current)?.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    current = next.dataset.id ?? null;
  }
  return { rove };
}

/**
 * From unit to edge to unit along the flow, or across among the like.
 * @param {Layout} layout
 * @param {string} id
 * @param {"forward" | "back" | "next" | "previous"} direction
 * @param {(id: string) => boolean} exists
 * @returns {string | null}
 */
export function neighbor({ units, layers, edges }, id, direction, exists) {
  const unit = units.get(id);
  const edge = edges.find((one) => one.id === id);
  if (direction === "next" || direction === "previous") {
    const like = unit ? layers[unit.layer].map((one) => one.id) : edges.filter(({ layer }) => layer === edge?.layer).map((one) => one.id);
    return like[like.indexOf(id) + (direction === "next" ? 1 : -1)] ?? null;
  }
  if (edge) return direction === "forward" ? edge.to : edge.from;
  const along = edges.find(({ from, to }) => (direction === "forward" ? from : to) === id);
  if (!along) return null;
  return exists(along.id) ? along.id : direction === "forward" ? along.to : along.from;
}
