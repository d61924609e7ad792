/** The stage: draws the current view into an element and lets people point, walk and edit. */

import { effect, signal } from "@preact/signals-core";
import { toScreen } from "../layout/camera.js";
import { createCanvasPainter } from "../render/canvas.js";
import { createColors } from "../render/colors.js";
import { createSvgPainter } from "../render/svg.js";
import { findView } from "./index.js";
import { listenToKeys } from "./keys.js";
import { listenToPointer } from "./pointer.js";
import { mountZoom } from "./zoom.js";

/** @typedef {import("../layout/trace.js").Trace} Trace */
/** @typedef {import("../layout/curve.js").Point} Point */
/**
 * @template T
 * @typedef {{readonly value: T}} Reading
 */
/**
 * @typedef {object} StageState
 * @property {Reading<Trace | null>} trace
 * @property {Reading<import("../layout/trace.js").Reading>} reading
 * @property {Reading<number>} playhead
 * @property {Reading<string | null>} selection
 * @property {Reading<string | null>} hover
 * @property {Reading<import("../layout/chain.js").Light | null>} light paths that are lit
 * @property {Reading<string>} view
 * @property {Reading<string>} theme
 * @property {Reading<boolean>} reducedMotion
 */
/** @typedef {{onSelect(id: string | null): void, onHover(id: string | null): void, onEdit(id: string, value: number): void}} Handlers */
/**
 * What is on the stage.
 * @typedef {{view: import("./index.js").View<any, any>, trace: any, layout: any, size: {width: number, height: number}}} Shown
 */
/**
 * What pointer, keys and zoom need of the stage.
 * @typedef {object} Stage
 * @property {HTMLElement} element
 * @property {SVGSVGElement} svg
 * @property {StageState} state
 * @property {Handlers} handlers
 * @property {() => Shown | null} shown
 * @property {(id: string) => void} focus
 * @property {(point: Point) => Point} toScreen from the picture to the element
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {HTMLElement} element
 * @param {StageState} state
 * @param {Handlers} handlers
 * @returns {() => void} takes everything down again
 */
export function mountStage(element, state, handlers) {
  const surface = document.createElement("div");
  surface.className = "stage-surface";
  const canvas = document.createElement("canvas");
  canvas.setAttribute("aria-hidden", "true");
  const svg = /** @type {SVGSVGElement} */ (document.createElementNS(SVG, "svg"));
  svg.setAttribute("role", "group");
  surface.append(canvas, svg);
  element.append(surface);

  const painter = createSvgPainter(svg);
  const colors = createColors(surface);
  const manyPainter = createCanvasPainter(canvas, colors.resolve);
  const size = signal({ width: surface.clientWidth, height: surface.clientHeight });
  const observer = new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = surface;
    if (width !== size.value.width || height !== size.value.height) size.value = { width, height };
  });
  observer.observe(surface);

  /** @type {Shown | null} */
  let shown = null;
  /** @type {string | null} */
  let current = null;

  /** @type {Stage} */
  const stage = {
    element: surface,
    svg,
    state,
    handlers,
    shown: () => shown,
    focus(id) {
      const place = shown?.view.place(shown.trace, shown.layout, id);
      if (place) zoom.reveal(place);
      rove(id);
      /** @type {SVGElement | null} */ (painter.find(id))?.focus({ preventScroll: true });
    },
    toScreen: (point) => toScreen(zoom.camera(), point),
  };
  const zoom = mountZoom(stage);

  const stopTheme = effect(() => {
    void state.theme.value;
    colors.forget();
  });
  const stopDrawing = effect(() => {
    void state.theme.value;
    const trace = state.trace.value;
    const { width, height } = size.value;
    if (!trace || width < 40 || height < 40) return;
    const view = findView(state.view.value, trace.network.spec, state.reading.value);
    if (shown?.trace !== trace || shown.size !== size.value || shown.view !== view) {
      shown = { view, trace, size: size.value, layout: view.layout(trace, size.value) };
      svg.setAttribute("aria-label", view.hint);
    }
    const { layout } = shown;
    const looking = { selection: state.selection.value, hover: state.hover.value, light: state.light.value, reducedMotion: state.reducedMotion.value };
    const marks = view.scene(trace, layout, state.playhead.value, looking);
    const many = layout.edges.length > view.most;
    svg.classList.toggle("still", looking.reducedMotion);
    zoom.apply();
    painter.draw(many ? marks.filter(({ bulk }) => !bulk) : marks);
    canvas.hidden = !many;
    if (many) manyPainter.draw(marks.filter(({ bulk }) => bulk), { width, height, ratio: devicePixelRatio });
    rove(looking.selection ?? current ?? view.first(trace));
  });

  const stopPointer = listenToPointer(stage);
  const stopKeys = listenToKeys(stage);

  return () => {
    stopTheme();
    stopDrawing();
    stopPointer();
    stopKeys();
    zoom.stop();
    observer.disconnect();
    surface.remove();
  };

  /** One part of the network is in the tab order, the arrow keys reach the others. @param {string | null} id */
  function rove(id) {
    const next = id === null ? null : (painter.find(id) ?? painter.find(shown?.view.first(shown.trace) ?? ""));
    if (!next || next.getAttribute("tabindex") === "0") return;
    if (current) painter.find(current)?.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    current = next.dataset.id ?? null;
  }
}
