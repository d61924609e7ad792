/** What the expression room knows beyond the store: the ranges of its sliders and the curve. */

import { computed, effect, signal, untracked } from "@preact/signals-core";
import { fitReach } from "../layout/axes.js";
import { listNames } from "./expression.js";
import { readNames } from "./questions.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("../scene/playground/plot.js").Sweep} Sweep */
/** @typedef {import("../scene/playground/plot.js").Touch} Touch */
/** @typedef {ReturnType<typeof createPlayground>} Playground */

/** Points of a curve; odd, so that 0 is one of them. */
const POINTS = 161;
/** A range this many times wider than its value needs is of no use to a hand. */
const TOO_WIDE = 20;

/** @param {Store} store */
export function createPlayground({ state, actions, question }) {
  const names = computed(() => {
    const { spec, parameters } = state.network.value;
    const all = readNames({ ...untracked(question), network: { spec, parameters }, inputs: state.inputs.value });
    const used = listNames(spec.expression);
    return new Map([...all].filter(([name]) => used.includes(name)).sort(([a], [b]) => used.indexOf(a) - used.indexOf(b)));
  });
  const chosen = signal(/** @type {string | null} */ (null));
  const reaches = signal(/** @type {Map<string, number>} */ (new Map()));
  const sliding = signal(/** @type {string | null} */ (null));
  const sweep = signal(/** @type {Sweep | null} */ (null));
  /** The newest value of a hand that is faster than the answers. @type {number | null} */
  let held = null;

  const axis = computed(() => {
    const list = listNames(String(state.trace.value.network.spec.expression));
    return list.find((name) => name === chosen.value) ?? list[0];
  });
  const output = computed(() => {
    const { beats } = state.trace.value;
    return beats.find(({ kind }) => kind === "seed")?.nodes[0] ?? "";
  });
  const touch = computed(() => {
    const node = /** @type {any} */ (state.trace.value).nodes.find((/** @type {any} */ { id }) => id === axis.value);
    return /** @type {Touch} */ ({ x: node.value, y: state.trace.value.loss, slope: node.grad });
  });
  /** What to ask for the curve: the last good question with an array in the place of one name. */
  const asked = computed(() => {
    const { network, inputs } = state.trace.value;
    const name = axis.value;
    const reach = reaches.value.get(name) ?? fitReach(Number(touch.value.x));
    const x = Array.from({ length: POINTS }, (_, i) => ((2 * i) / (POINTS - 1) - 1) * reach);
    const parameters = { .../** @type {Record<string, number>} */ (network.parameters) };
    delete parameters[name];
    const spec = { ...network.spec, parameters: Object.keys(parameters) };
    const body = { network: { spec, parameters }, inputs: { ...inputs, [name]: x } };
    return { name, output: output.value, reach, x, body: JSON.stringify(body) };
  });

  effect(() => {
    if (sliding.value !== null) return;
    const next = Array.from(names.value, ([name, { value }]) => /** @type {const} */ ([name, widen(reaches.peek().get(name), value)]));
    reaches.value = new Map([...reaches.peek(), ...next]);
  });
  effect(() => {
    const name = untracked(() => sliding.value);
    if (state.pending.value || held === null || name === null) return;
    const value = held;
    held = null;
    untracked(() => actions.setValue(name, value, true));
  });

  return {
    names,
    reaches,
    sliding,
    axis,
    output,
    touch,
    asked,
    sweep,
    /** @param {string} name */
    chooseAxis: (name) => void (chosen.value = name),
    /** A hand moves a value: each answer is awaited, and then the newest value is next. @param {string} name @param {number} value */
    slide(name, value) {
      sliding.value = name;
      if (state.pending.peek()) held = value;
      else actions.setValue(name, value, true);
    },
    /** The hand lets go. */
    settle() {
      const name = sliding.peek();
      if (name !== null && held !== null) actions.setValue(name, held, true);
      held = null;
      sliding.value = null;
      actions.settle();
    },
    /** @param {Sweep | null} curve */
    receive: (curve) => void (sweep.value = curve),
  };
}

/** @param {number | undefined} reach @param {number} value */
function widen(reach, value) {
  const fit = fitReach(value);
  return reach === undefined || fit > reach || fit * TOO_WIDE < reach ? fit : reach;
}
