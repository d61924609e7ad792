/** The lab's picture: drawn from the state, pointed at, and walked by arrow keys. */

import { effect, signal } from "@preact/signals-core";
import { createCanvasPainter } from "../../render/canvas.js";
import { listValues } from "../../state/lab/grid.js";
import { isShown, QUANTITIES } from "../../layout/lab/quantities.js";
import { createSvgPainter } from "../../render/svg.js";
import { sceneFlow } from "../../scene/lab/flow.js";
import { sceneCurves } from "../../scene/lab/curves.js";
import { sceneMap } from "../../scene/lab/map.js";
import { sceneTime, styleOf } from "../../scene/lab/time.js";
import { h } from "../dom.js";

/** @typedef {import("../../state/lab/store.js").Lab} Lab */

const SVG = "http://www.w3.org/2000/svg";
/** Where bars may begin: under the tabs where these float over the picture. */
const [UNDER_TABS, WITHOUT_TABS, NARROW] = [92, 46, 620];

/**
 * @param {HTMLElement} element
 * @param {Lab} lab
 */
export function mountLabStage(element, { state, actions }) {
  const svg = /** @type {SVGSVGElement} */ (document.createElementNS(SVG, "svg"));
  svg.setAttribute("role", "group");
  const surface = h("div", { class: "stage-surface" });
  const canvas = h("canvas", { "aria-hidden": "true" });
  surface.append(canvas, svg);
  /** @type {Map<string, string>} */
  let colors = new Map();
  const cellPainter = createCanvasPainter(canvas, (token) => {
    let color = colors.get(token);
    if (color !== undefined) return color;
    // A canvas cannot choose between a light and a dark color, an element can.
    canvas.style.color = `var(--${token})`;
    color = getComputedStyle(canvas).color;
    colors.set(token, color);
    return color;
  });
  element.append(makeLegend({ state }), surface);
  const painter = createSvgPainter(svg);
  const size = signal({ width: 0, height: 0 });
  new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = surface;
    if (width !== size.peek().width || height !== size.peek().height) size.value = { width, height };
  }).observe(surface);
  /** The layer in the tab order. */
  let current = 0;

  effect(() => {
    const { width, height } = size.value;
    const view = state.shown.value;
    const [flow, cells, through] = [state.answer.value, state.cells.value, state.mode.value === "time"];
    if (width < 40 || height < 40 || view === "table") return;
    const form = state.answered.value;
    const common = {
      playhead: state.playhead.value,
      selected: state.selected.value,
      hover: state.hover.value,
      top: width < NARROW ? WITHOUT_TABS : UNDER_TABS,
    };
    const sweeps = state.mode.value === "sweep";
    canvas.hidden = !sweeps || view !== "map";
    surface.classList.toggle("stale", sweeps && state.stale.value && !state.sweeping.value);
    if (sweeps) {
      void state.theme.value;
      colors = new Map();
      const grid = readGrid();
      const { cells: tiles, marks } = view === "curves" ? { cells: [], marks: sceneCurves(grid, size.value, common) } : sceneMap(grid, size.value, common);
      svg.setAttribute("aria-label", `The gradient over ${grid.x.label} and ${grid.y.label}. Arrow keys walk, Enter selects.`);
      svg.classList.remove("still", "quick");
      painter.draw(marks);
      if (view === "map") cellPainter.draw(tiles, { width, height, ratio: devicePixelRatio });
      return rove(Math.min(grid.x.values.length * grid.y.values.length - 1, common.selected ?? current));
    }
    svg.setAttribute("aria-label", `The gradient ${through ? "through time" : "layer by layer"}. Arrow keys walk, Enter selects.`);
    svg.classList.toggle("still", state.reducedMotion.value);
    svg.classList.toggle("quick", state.quick.value);
    const shown = isShown(view) ? view : "z";
    if (through) painter.draw(cells.length ? sceneTime(cells, size.value, { ...common, shown }) : []);
    else painter.draw(flow ? sceneFlow(flow, size.value, { ...common, shown, clip: state.clip.value, entries: form.width * form.width, before: readBefore(), quick: state.quick.value }) : []);
    rove(Math.min(state.count.value - 1, common.selected ?? current));
  });

  /** @param {EventTarget | null} target */
  const indexOf = (target) => {
    const id = target instanceof SVGElement ? target.dataset.id : undefined;
    return id === undefined ? null : Number(id);
  };
  svg.addEventListener("pointerover", (event) => actions.hover(indexOf(event.target)));
  svg.addEventListener("pointerleave", () => actions.hover(null));
  svg.addEventListener("focusin", (event) => actions.hover(indexOf(event.target)));
  svg.addEventListener("focusout", () => actions.hover(null));
  svg.addEventListener("click", (event) => {
    const index = indexOf(event.target);
    actions.select(index === state.selected.peek() ? null : index);
  });
  svg.addEventListener("keydown", (event) => {
    const index = indexOf(event.target);
    const count = state.count.peek();
    if (index === null || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (state.mode.peek() === "sweep") return walkGrid(event, index);
    const places = { ArrowRight: index + 1, ArrowUp: index + 1, ArrowLeft: index - 1, ArrowDown: index - 1, Home: 0, End: count - 1, PageUp: index + 10, PageDown: index - 10 };
    const to = places[/** @type {keyof typeof places} */ (event.key)];
    if (to !== undefined) focus(Math.min(count - 1, Math.max(0, to)));
    else if (event.key === "Enter" || event.key === " ") actions.select(index);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  /** What was before, once there is something after it. */
  function readBefore() {
    return state.before.value === state.answer.value ? null : state.before.value;
  }
  function readGrid() {
    const { sweep } = state.points.value.length || state.sweeping.value ? state.swept.value : { sweep: state.sweep.value };
    const [x, y] = [sweep.x, sweep.y].map((axis) => listValues(axis, state.catalog));
    return { points: state.points.value, x, y };
  }
  /** @param {KeyboardEvent} event @param {number} point */
  function walkGrid(event, point) {
    const { x, y } = readGrid();
    const rows = y.values.length;
    const by = { ArrowRight: rows, ArrowLeft: -rows, ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (by !== undefined) {
      const stays = Math.abs(by) === 1 && Math.floor((point + by) / rows) !== Math.floor(point / rows);
      const to = point + by;
      if (!stays && to >= 0 && to < rows * x.values.length) focus(to);
    } else if (event.key === "Enter") actions.select(point);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  /** @param {number} index */
  function focus(index) {
    rove(index);
    painter.find(String(index))?.focus({ preventScroll: true });
  }
  /** @param {number} index */
  function rove(index) {
    painter.find(String(current))?.setAttribute("tabindex", "-1");
    painter.find(String(index))?.setAttribute("tabindex", "0");
    current = index;
  }
}

/** What the marks mean. @param {Pick<Lab, "state">} lab */
function makeLegend({ state }) {
  const legend = h("ul", { class: "legend", "aria-label": "Legend" });
  const item = (/** @type {string} */ kind, /** @type {string} */ text) => h("li", {}, h("i", { class: kind }), text);
  effect(() => {
    if (state.mode.value === "sweep") return legend.replaceChildren(...(state.shown.value === "curves" ? [item("line measured", "mean"), item("band", "spread"), item("line", "theory")] : []));
    const quantity = isShown(state.shown.value) ? QUANTITIES[state.shown.value] : QUANTITIES.z;
    if (state.mode.value === "time") {
      const cells = state.cells.value;
      const kinds = cells.map(({ label }, c) => {
        const line = h("i", { class: "line" });
        const { stroke, dash } = styleOf(c);
        line.style.background = dash ? `repeating-linear-gradient(90deg, var(--${stroke}) 0 5px, transparent 5px 8px)` : `var(--${stroke})`;
        return h("li", {}, line, label);
      });
      const predicted = cells.some(({ flow: { layers } }) => layers.some((layer) => quantity.theory(layer) !== null));
      legend.replaceChildren(...kinds, ...(predicted ? [item("thin", "theory")] : []), ...(quantity.spread === "spread" ? [] : [item("band", quantity.spread)]));
      return;
    }
    const flow = state.answer.value;
    const [view, clipped] = [state.shown.value, state.clip.value.by !== "none"];
    const seeds = flow?.seeds ?? 1;
    const mean = seeds === 1 ? "one seed" : `mean of ${seeds} seeds`;
    const update = view === "update" && clipped;
    const ranges = quantity.spread !== "spread";
    legend.replaceChildren(
      item(update ? "ghost" : ranges ? "tick" : `bar ${quantity.phase}`, update ? `unclipped, ${mean}` : ranges ? "root mean square" : mean),
      ...(update ? [item("clipped", state.clip.value.by === "value" ? "clipped, if normal" : "clipped")] : []),
      ...(ranges ? [item("band", quantity.spread)] : seeds > 1 && quantity !== QUANTITIES.factor ? [item("whisker", "spread")] : []),
      ...(flow?.layers.some((layer) => quantity.theory(layer) !== null) ? [item(`line ${quantity.phase}`, "theory")] : []),
      ...(state.before.value && state.before.value !== flow && state.before.value.layers.length === flow?.layers.length ? [item("dots", "before")] : []),
    );
  });
  return legend;
}
