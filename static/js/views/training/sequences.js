/** The stage of a recurrent network in training: its weights, and what it says of a few sequences. */

import { computed, effect, signal } from "@preact/signals-core";
import { magnitude } from "../../layout/scale.js";
import { layoutSequences } from "../../layout/sequences.js";
import { createCanvasPainter } from "../../render/canvas.js";
import { createColors } from "../../render/colors.js";
import { createMapPainter } from "../../render/maps.js";
import { createSvgPainter } from "../../render/svg.js";
import { rollSaid, sceneSaid } from "../../scene/training/said.js";
import { sceneCard, sceneGrounds } from "../../scene/training/sequences.js";
import { readSequences } from "../../scene/training/reading.js";
import { isRecurrent } from "../../state/sequences.js";
import { tellSequences } from "../../state/training/told.js";
import { isSequences } from "../../state/training/setup.js";
import { listenToSteps } from "./steps.js";

/** @typedef {import("../../state/training/store.js").Training} Training */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {HTMLElement} element
 * @param {Training} training
 * @param {{theme: {readonly value: string}, requestFrame: (callback: () => void) => number}} page
 */
export function mountSequencesStage(element, training, { theme, requestFrame }) {
  const { state } = training;
  const { catalog } = state;
  const canvas = document.createElement("canvas");
  canvas.setAttribute("aria-hidden", "true");
  const svg = /** @type {SVGSVGElement} */ (document.createElementNS(SVG, "svg"));
  svg.setAttribute("role", "group");
  svg.setAttribute("aria-label", "Recurrent network in training: arrow keys walk through the steps of its sequences");
  const surface = document.createElement("div");
  surface.className = "stage-surface sequences";
  surface.append(canvas, svg);
  element.append(surface);
  const colors = createColors(surface);
  const marks = createCanvasPainter(canvas, colors.resolve);
  const cells = createMapPainter(canvas, colors.resolve);
  const frames = createSvgPainter(svg);

  const size = signal({ width: element.clientWidth, height: element.clientHeight });
  new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = element;
    if (width !== size.peek().width || height !== size.peek().height) size.value = { width, height };
  }).observe(element);

  const spec = computed(() => state.document.value?.spec ?? state.setup.value.spec);
  const samples = computed(() => (state.samples.value && isSequences(state.samples.value) && isRecurrent(spec.value) ? state.samples.value : null));
  effect(() => void (surface.hidden = !isRecurrent(state.setup.value.spec)));
  const gates = computed(() => {
    const rows = state.document.value?.parameters["cell.weight_hh"]?.length;
    return rows ? Math.round(rows / spec.value.units) : 1;
  });
  const how = computed(() => (samples.value ? readSequences(spec.value, samples.value, catalog) : null));
  const count = computed(() => state.frame.value?.sequences?.rows.length ?? 0);
  const shape = computed(() => {
    if (!samples.value || !how.value) return "";
    const { inputs, units, outputs } = spec.value;
    const { classes, kind, low, high } = how.value;
    const rows = kind === "classes" ? classes.length : 0;
    const data = { count: count.value, steps: samples.value.inputs[0].length, rows, names: [...samples.value.columns, ...(rows ? classes : [low, high])] };
    return JSON.stringify([{ inputs, units, outputs, gates: gates.value }, data]);
  });
  const layout = computed(() => {
    const { width, height } = size.value;
    if (width < 40 || height < 40 || shape.value === "") return null;
    const [network, data] = JSON.parse(shape.value);
    return layoutSequences(network, data, { width, height });
  });
  const tell = () => {
    const frame = state.frame.peek();
    return samples.peek() && frame?.sequences ? tellSequences(samples.peek(), frame.sequences, spec.peek()) : [];
  };
  const largest = computed(() => Math.max(1e-9, ...(samples.value?.inputs.slice(0, 200).flat(Infinity).map((value) => Math.abs(Number(value))) ?? [])));

  let waiting = false;
  const refresh = () => {
    if (waiting || layout.peek() === null) return;
    waiting = true;
    requestFrame(() => {
      waiting = false;
      draw();
    });
  };
  effect(() => {
    void [state.document.value, state.frame.value, layout.value, how.value];
    refresh();
  });
  effect(() => {
    void theme.value;
    colors.forget();
    cells.forget();
    refresh();
  });

  const looked = computed(() => state.hover.value ?? state.selection.value);
  const rows = computed(() => JSON.stringify(state.frame.value?.sequences?.rows ?? []));
  // While it runs, only the step that is looked at is written anew with every frame.
  const still = computed(() => (state.running.value && looked.value === null ? rows.value : state.frame.value));
  const steps = listenToSteps(svg, training, (id) => frames.find(id));
  effect(() => {
    const [place, meaning] = [layout.value, how.value];
    void still.value;
    if (!place || !meaning) return void frames.draw([]);
    const { cell, units, activation, output_activation: output, inputs } = spec.value;
    frames.draw(
      sceneCard(place, tell(), {
        how: meaning,
        names: samples.value?.columns ?? [],
        cell: labelOf(catalog.cells, cell),
        units,
        activation: labelOf(catalog.activations, activation),
        output: labelOf(catalog.activations, output),
        gates: gates.value,
        inputs,
        selection: state.selection.value,
        hover: state.hover.value,
        diverged: state.diverged.value?.layer ?? null,
      }),
    );
    steps.rove(state.selection.value);
  });

  function draw() {
    const [place, meaning, network] = [layout.peek(), how.peek(), state.document.peek()];
    if (!place || !meaning) return;
    const { width, height } = place;
    const told = tell();
    marks.draw(sceneGrounds(place), { width, height, ratio: devicePixelRatio });
    for (const { name, box } of place.blocks) {
      const value = network?.parameters[name];
      if (value) cells.cells(value.flat(), Array.isArray(value[0]) ? value[0].length : 1, box, (weight) => Math.sign(weight) * magnitude(weight) ** 2);
    }
    told.slice(0, place.strips.length).forEach((one, i) => {
      const { input, output } = place.strips[i];
      const across = one.inputs.length;
      cells.cells(one.inputs[0].flatMap((_, k) => one.inputs.map((row) => row[k])), across, input, (value) => (0.6 * value) / largest.peek());
      if (meaning.kind === "classes" && one.said) cells.cells(rollSaid(one, meaning), across, output, (value) => value);
    });
    marks.add(sceneSaid(place, told, meaning));
  }
}

/** @param {{name: string, label: string}[]} entries @param {any} choice */
function labelOf(entries, choice) {
  const name = typeof choice === "string" ? choice : choice.name;
  return entries.find((entry) => entry.name === name)?.label ?? name;
}
