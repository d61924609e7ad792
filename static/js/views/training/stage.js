/** The stage of the training room: maps and edges on a canvas with every frame, the rest as SVG. */

import { computed, effect, signal } from "@preact/signals-core";
import { layoutTraining } from "../../layout/training.js";
import { createCanvasPainter } from "../../render/canvas.js";
import { createColors } from "../../render/colors.js";
import { createMapPainter } from "../../render/maps.js";
import { createSvgPainter } from "../../render/svg.js";
import { sceneEdges, sceneFrames } from "../../scene/training/network.js";
import { readOutputs, readUnit } from "../../scene/training/reading.js";
import { isRecurrent } from "../../state/sequences.js";
import { findPlane } from "../../state/training/request.js";
import { listenToBrush } from "./brush.js";
import { listenToUnits } from "./keys.js";
import { takeTurns } from "./turns.js";

/** @typedef {import("../../state/training/store.js").Training} Training */
/** @typedef {import("../../layout/layout.js").Box} Box */
/** @typedef {import("../../layout/training.js").TrainingLayout} Layout */
/** @typedef {import("../../render/maps.js").Spot[]} Spots */

const SVG = "http://www.w3.org/2000/svg";
const MOST_RINGS = 512;
/** @type {Spots} */
const NONE = [];

/**
 * @param {HTMLElement} element
 * @param {Training} training
 * @param {{theme: {readonly value: string}, requestFrame: (callback: () => void) => number}} page
 */
export function mountTrainingStage(element, training, { theme, requestFrame }) {
  const { state } = training;
  // Edges, maps and points each on their own: maps and edges are drawn in turn, points stand still.
  const [under, middle, over] = Array.from({ length: 3 }, () => document.createElement("canvas"));
  for (const canvas of [under, middle, over]) canvas.setAttribute("aria-hidden", "true");
  const svg = /** @type {SVGSVGElement} */ (document.createElementNS(SVG, "svg"));
  svg.setAttribute("role", "group");
  svg.setAttribute("aria-label", "Network in training: arrow keys walk from part to part, Enter selects");
  element.append(under, middle, over, svg);
  effect(() => {
    const hidden = isRecurrent(state.setup.value.spec);
    for (const part of [under, middle, over, svg]) part.toggleAttribute("hidden", hidden);
  });
  const colors = createColors(element);
  const edges = createCanvasPainter(under, colors.resolve);
  const ground = createCanvasPainter(middle, colors.resolve);
  const maps = createMapPainter(middle, colors.resolve);
  const sheet = createCanvasPainter(over, colors.resolve);
  const points = createMapPainter(over, colors.resolve);
  const frames = createSvgPainter(svg);

  const size = signal({ width: element.clientWidth, height: element.clientHeight });
  new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = element;
    if (width !== size.peek().width || height !== size.peek().height) size.value = { width, height };
  }).observe(element);

  // What has been shown stays until there is something else to show.
  const spec = computed(() => state.document.value?.spec ?? state.setup.value.spec);
  const shape = computed(() => (isRecurrent(spec.value) ? "" : JSON.stringify([spec.value.inputs, spec.value.layers.map((/** @type {any} */ { units, activation }) => [units, labelOf(state.catalog, activation)])])));
  const axes = computed(() => (state.samples.value?.columns.length ?? 9) <= 2 && state.samples.value?.columns.length);
  const plane = computed(() => (state.samples.value ? findPlane(state.samples.value) : null));
  const layout = computed(() => {
    const { width, height } = size.value;
    if (width < 40 || height < 40 || shape.value === "") return null;
    const [inputs, layers] = JSON.parse(shape.value);
    const network = { inputs, layers: layers.map((/** @type {[number, string]} */ [units, label]) => ({ units, label })) };
    return layoutTraining(network, { width, height }, { plane: axes.value !== false, square: axes.value === 2 });
  });
  const names = computed(() => nameInputs(state));
  const reading = computed(() => (state.samples.value && shape.value !== "" ? readOutputs(spec.value, state.samples.value, state.catalog) : null));
  // The same with every frame, as long as data and shuffling are.
  const held = computed(() => JSON.stringify(state.frame.value?.validation ?? []));
  const spots = computed(() => {
    const [samples, place, ranges, how] = [state.samples.value, layout.value?.field, plane.value, reading.value];
    return samples && place && ranges && how ? placeSpots(samples, place, ranges, how.share, new Set(JSON.parse(held.value))) : [];
  });

  /** Which points were drawn last, and how. @type {Record<string, unknown> | null} */
  let marked = null;
  const refresh = takeTurns(requestFrame, [drawMaps, drawEdges]);
  effect(() => {
    void [state.document.value, state.maps.value, state.frame.value, state.selection.value, state.hover.value, spots.value, layout.value, state.running.value];
    refresh();
  });
  effect(() => {
    void theme.value;
    colors.forget();
    maps.forget();
    points.forget();
    marked = null;
    refresh();
  });
  const keys = listenToUnits(svg, training, () => layout.peek(), (id) => frames.find(id));
  const still = computed(() => (state.running.value ? null : state.document.value));
  effect(() => {
    const [place, looking] = [layout.value, { selection: state.selection.value, hover: state.hover.value }];
    if (!place) return;
    // While it runs, names of numbers would change faster than anyone could hear them.
    const document = still.value ?? state.document.peek();
    const shown = shownUnit(place, looking);
    frames.draw(
      sceneFrames(place, document, {
        ...looking,
        names: names.value,
        ranges: plane.value,
        title: shown ? `Layer ${shown.layer}, unit ${shown.index + 1}` : "Output",
        classes: state.samples.value?.classes ?? [],
        held: held.value !== "[]",
        diverged: state.diverged.value?.layer ?? null,
        brush: state.brush.value !== null,
      }),
    );
    keys.rove(looking.selection);
  });

  function drawEdges() {
    const place = layout.peek();
    if (!place) return;
    const looking = { selection: state.selection.peek(), hover: state.hover.peek() };
    const known = state.document.peek();
    const fits = known && known.spec.layers?.length === state.setup.peek().spec.layers?.length ? known : null;
    edges.draw(sceneEdges(place, fits, looking), { width: place.width, height: place.height, ratio: devicePixelRatio });
  }

  function drawMaps() {
    const place = layout.peek();
    if (!place) return;
    const looking = { selection: state.selection.peek(), hover: state.hover.peek() };
    ground.draw([], { width: place.width, height: place.height, ratio: devicePixelRatio });
    const [found, ranges, how] = [state.maps.peek(), plane.peek(), reading.peek()];
    if (!found || !how) return drawPoints(place, NONE);
    for (const unit of place.layers.slice(1).flat()) {
      if (unit.form !== "map" || unit.w === place.field?.w) continue;
      const last = unit.layer === place.layers.length - 1;
      const map = last ? found.outputs[unit.index] : found.units.get(unit.id);
      if (!map) continue;
      if (found.axes === 1) maps.curve(map, unit, rangeOf(map.values), { token: "ink-2", width: 1.5 });
      else if (last && how.kind === "classes") maps.shares(map, unit, readUnit(map));
      else maps.shares(map, unit, last ? how.share : readUnit(map));
    }
    if (!place.field || !ranges) return drawPoints(place, NONE);
    const unit = shownUnit(place, looking);
    const own = unit && (unit.layer === place.layers.length - 1 ? found.outputs[unit.index] : found.units.get(unit.id));
    if (found.axes === 1) maps.curve(own ?? found.outputs[0], place.field, own && unit?.layer !== place.layers.length - 1 ? rangeOf(own.values) : ranges.y, { token: "forward", width: 3 });
    else if (own) maps.shares(own, place.field, unit?.layer === place.layers.length - 1 && how.kind !== "classes" ? how.share : readUnit(own));
    else if (how.kind === "classes") maps.classes(found.outputs, place.field);
    else maps.shares(found.outputs[0], place.field, how.share);
    drawPoints(place, found.axes === 1 && own && unit?.layer !== place.layers.length - 1 ? NONE : spots.peek());
  }

  /** Draws the points, and rings around the next batch, where they are others than those there. @param {Layout} place @param {Spots} all */
  function drawPoints({ width, height, field }, all) {
    const batch = state.running.peek() ? [] : (state.frame.peek()?.batch ?? []);
    const ringed = batch.length <= MOST_RINGS && batch.length < all.length ? batch : [];
    const ratio = devicePixelRatio;
    const next = { all, ringed: ringed.join(), width, height, ratio };
    if (isAlike(marked, next)) return;
    marked = next;
    const r = all.length > 800 ? 2.2 : (field?.w ?? 0) < 280 ? 3 : 4;
    sheet.draw([], { width, height, ratio });
    points.points(all, r);
    points.rings(ringed.flatMap((row) => all[row] ?? []), r + 3);
  }

  listenToBrush(element, training, { field: () => layout.value?.field ?? null, plane: () => plane.value });
  return { field: computed(() => layout.value?.field ?? null), plane };
}

/** Whether both have the same values. @param {Record<string, unknown> | null} one @param {Record<string, unknown>} other */
function isAlike(one, other) {
  return Object.entries(other).every(([name, value]) => one?.[name] === value);
}

/** The hidden unit, or one of several outputs, whose own map is on the large one. @param {Layout} layout @param {{selection: string | null, hover: string | null}} looking */
function shownUnit(layout, { selection, hover }) {
  for (const id of [hover, selection]) {
    const unit = layout.units.get(id ?? "");
    if (unit && unit.layer > 0 && unit.form === "map" && unit.w !== layout.field?.w) return unit;
  }
  return null;
}

/** @param {Float32Array} values @returns {[number, number]} */
function rangeOf(values) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const pad = (high - low) * 0.1 || 0.5;
  return [low - pad, high + pad];
}

/**
 * @param {import("../../state/training/setup.js").Samples} samples
 * @param {Box} field
 * @param {{x: [number, number], y: [number, number]}} ranges
 * @param {(value: number) => number} share
 * @param {Set<number>} held the numbers of the samples that are not learned from
 */
function placeSpots({ inputs, targets, labels, columns }, { x, y, w, h }, ranges, share, held) {
  return inputs.map((row, i) => {
    const up = columns.length === 2 ? row[1] : targets[i][0];
    return {
      x: x - w / 2 + ((row[0] - ranges.x[0]) / (ranges.x[1] - ranges.x[0])) * w,
      y: y + h / 2 - ((up - ranges.y[0]) / (ranges.y[1] - ranges.y[0])) * h,
      label: labels === null ? null : labels[i],
      held: held.has(i),
      share: columns.length === 2 ? (labels === null ? share(targets[i][0]) : 0) : null,
    };
  });
}

/** @param {Training["state"]} state */
function nameInputs({ setup, samples, catalog }) {
  const { features } = setup.value;
  const made = features?.map((name) => catalog.features.find((entry) => entry.name === name)?.label ?? name);
  const columns = samples.value?.columns ?? [];
  return made ?? columns.map((name) => catalog.features.find((entry) => entry.name === name)?.label ?? name);
}

/** @param {import("../../state/training/setup.js").Catalog} catalog @param {any} activation */
function labelOf(catalog, activation) {
  const name = typeof activation === "string" ? activation : activation.name;
  return catalog.activations.find((entry) => entry.name === name)?.label ?? name;
}
