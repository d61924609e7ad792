/** The only writer of the state: named transitions. */

import { batch } from "@preact/signals-core";
import { carry, nextPhase, previousPhase, stepBack, stepForward } from "../timeline/playhead.js";
import { createPast } from "./past.js";
import { fitTarget, readNames, withExpression, withSpec, withValue } from "./questions.js";
import { withSteps } from "./sequences.js";
import { createState } from "./state.js";

/** @typedef {import("./state.js").Question} Question */
/** @typedef {import("./state.js").State} State */
/** @typedef {ReturnType<typeof createStore>} Store */

/** The view in which a unit opens. */
const GRAPH = "graph";

/** @param {Parameters<typeof createState>[0]} first */
export function createStore(first) {
  const state = createState(first);
  /** Names of expressions, also of those that are gone, for when they come back. */
  const known = /** @type {import("./questions.js").Known} */ (new Map());

  /** @returns {Question} */
  const question = () => ({
    network: state.network.peek(),
    inputs: state.inputs.peek(),
    targets: state.targets.peek(),
    optimizer: state.optimizer.peek(),
    sample: state.sample.peek(),
    preset: state.preset.peek(),
  });

  /** @param {Question} next */
  const pose = (next) =>
    batch(() => {
      state.network.value = next.network;
      state.inputs.value = next.inputs;
      state.targets.value = next.targets;
      state.optimizer.value = next.optimizer;
      state.sample.value = next.sample;
      state.preset.value = next.preset;
      if (!hasUnit(next.network.spec, state.opened.peek())) state.opened.value = null;
      state.asked.value += 1;
    });

  const past = createPast({ read: question, pose, canUndo: state.canUndo, canRedo: state.canRedo });

  /**
   * @param {Question} next what a person has changed is no longer the preset it was
   * @param {string | null} [preset]
   * @param {string | null} [during] the gesture that this edit is part of
   */
  const ask = (next, preset = null, during = null) => {
    past.keep(during);
    pose({ ...next, preset });
  };

  const beats = () => state.trace.peek().beats;

  /** What targets the loss of a spec takes. @param {any} spec */
  const targetKind = ({ loss }) => state.catalog.losses.find(({ name }) => name === (loss.name ?? loss))?.targets ?? "any";

  /** @param {number} playhead */
  const jump = (playhead) =>
    batch(() => {
      state.playing.value = false;
      state.playhead.value = playhead;
    });

  const actions = {
    /** @param {string} name */
    choosePreset(name) {
      const preset = state.catalog.presets.find((entry) => entry.name === name);
      if (!preset) return;
      batch(() => {
        jump(1);
        state.selection.value = null;
        state.hover.value = null;
        state.opened.value = null;
        const { network, inputs, targets, optimizer } = preset;
        ask({ network, inputs, targets, optimizer, sample: 0, preset: name }, name);
      });
    },
    /**
     * @param {Question} next a question from a link
     * @param {{view: string | null, opened: string | null, adjustment?: Record<string, unknown>}} look
     */
    restore: (next, { view, opened, adjustment = {} }) =>
      batch(() => {
        state.adjustment.value = adjustment;
        state.opened.value = opened;
        if (view) state.view.value = view;
        pose(next);
      }),
    /** @param {(spec: any) => any} change @param {string | null} [during] one of many until `settle` */
    changeSpec(change, during = null) {
      const spec = change(state.network.peek().spec);
      ask(withSpec(question(), spec, targetKind(spec)), null, during);
    },
    /** @param {number} steps of every sequence */
    setSteps(steps) {
      const kind = targetKind(state.network.peek().spec);
      ask(withSteps(question(), steps, (row) => fitTarget(row, kind)));
    },
    /** @param {import("./state.js").Choice} optimizer */
    changeOptimizer(optimizer) {
      const same = optimizer.name === state.optimizer.peek().name;
      const network = state.network.peek();
      const document = same ? network : { ...network, optimizer_state: null };
      ask({ ...question(), optimizer, network: document });
    },
    /** @param {string} id @param {number} value @param {boolean} [sliding] one of many until `settle` */
    setValue: (id, value, sliding = false) =>
      ask(withValue(question(), id, value), null, sliding ? `value ${id}` : null),
    /** The gesture is over: what comes next is undone apart from it. */
    settle: past.settle,
    /** @param {string} text one of many edits until `settle` */
    changeExpression(text) {
      const now = question();
      for (const [name, what] of readNames(now)) known.set(name, what);
      ask(withExpression(now, text, known), null, "expression");
    },
    /** @param {string} name of an expression @param {boolean} learns whether steps move it */
    setLearning(name, learns) {
      const now = question();
      const names = readNames(now);
      const value = names.get(name)?.value ?? 1;
      ask(withExpression(now, now.network.spec.expression, names.set(name, { value, learns })));
    },
    /** @param {number} sample */
    setSample: (sample) => pose({ ...question(), sample }),
    addSample() {
      const { inputs, targets, sample, ...rest } = question();
      ask({
        ...rest,
        inputs: [...inputs, [...inputs[sample]]],
        targets: [...targets, [...targets[sample]]],
        sample: inputs.length,
      });
    },
    /** @param {number} sample */
    removeSample(sample) {
      const { inputs, targets, ...rest } = question();
      if (inputs.length < 2) return;
      ask({
        ...rest,
        inputs: inputs.toSpliced(sample, 1),
        targets: targets.toSpliced(sample, 1),
        sample: Math.min(rest.sample, inputs.length - 2),
      });
    },
    /** @param {string} name of a parameter @param {boolean} trainable */
    setTrainable(name, trainable) {
      const now = question();
      const flags = { ...now.network.trainable, [name]: trainable };
      ask({ ...now, network: { ...now.network, trainable: flags } });
    },
    /** @param {number} seed */
    reinitialize(seed) {
      const now = question();
      const spec = { ...now.network.spec, seed };
      const { trainable } = now.network;
      ask({ ...now, network: { spec, trainable, parameters: {}, optimizer_state: null, step: 0 } });
    },
    /** Go on from the network after this step; false when there is none. */
    nextStep() {
      const { next_network: network } = state.trace.peek();
      if (!network) return false;
      batch(() => {
        jump(0);
        ask({ ...question(), network });
      });
      return true;
    },
    undo: past.undo,
    redo: past.redo,
    /**
     * @param {import("./state.js").Trace} trace an answer to what was asked last
     * @param {import("./state.js").Reading} [reading]
     */
    receive(trace, reading = state.reading.peek()) {
      batch(() => {
        state.reading.value = reading;
        state.playhead.value = carry(state.playhead.peek(), beats(), trace.beats);
        state.network.value = trace.network;
        state.trace.value = trace;
        state.problem.value = null;
        state.pending.value = false;
        const [{ selection }, known] = [state, listParts(trace)];
        // What is one number in one view may be part of a whole in another.
        const whole = selection.peek()?.replace(/\[.*$/, "");
        selection.value = [selection.peek(), whole].find((id) => id && known.has(id)) ?? null;
      });
    },
    /** @param {import("./state.js").Problem} problem */
    refuse(problem) {
      batch(() => {
        state.problem.value = problem;
        state.pending.value = false;
        state.playing.value = false;
      });
    },
    wait: () => void (state.pending.value = true),
    /** @param {string | null} id */
    select: (id) => void (state.selection.value = id),
    /** @param {string | null} id */
    hover: (id) => void (state.hover.value = id),
    /** @param {number} playhead */
    setPlayhead: (playhead) =>
      void (state.playhead.value = Math.min(beats().length, Math.max(0, playhead))),
    play() {
      batch(() => {
        if (state.playhead.peek() >= beats().length) state.playhead.value = 0;
        state.playing.value = true;
      });
    },
    pause: () => void (state.playing.value = false),
    toggle: () => (state.playing.peek() ? actions.pause() : actions.play()),
    /** @param {number} speed */
    setSpeed: (speed) => void (state.speed.value = speed),
    toggleLoop: () => void (state.loop.value = !state.loop.peek()),
    /** @param {string} view */
    setView: (view) => void (state.view.value = view),
    /** @param {string | null} unit whose own graph is to be shown; null for that of the network */
    open: (unit) =>
      batch(() => {
        state.opened.value = unit;
        if (unit !== null) state.view.value = GRAPH;
      }),
    /** @param {"light" | "dark"} theme */
    setTheme: (theme) => void (state.theme.value = theme),
    /** @param {boolean} reduced */
    setReducedMotion: (reduced) => void (state.reducedMotion.value = reduced),
    first: () => jump(0),
    last: () => jump(beats().length),
    stepForward: () => jump(stepForward(state.playhead.peek(), beats().length)),
    stepBack: () => jump(stepBack(state.playhead.peek(), beats().length)),
    nextPhase: () => jump(nextPhase(state.playhead.peek(), beats())),
    previousPhase: () => jump(previousPhase(state.playhead.peek(), beats())),
  };
  return { state, actions, question };
}

/**
 * Whether a network has the unit, such as `layer1[0]`.
 * @param {any} spec
 * @param {string | null} id
 */
function hasUnit(spec, id) {
  const [, layer, index] = /^layer(\d+)\[(\d+)\]$/.exec(id ?? "") ?? [];
  return Number(index) < spec.layers?.[Number(layer) - 1]?.units;
}

/**
 * Everything in a trace that can be selected.
 * @param {import("./state.js").Trace} trace
 */
function listParts(trace) {
  if (trace.nodes) {
    return new Set(trace.nodes.flatMap(({ id, inputs }) => [id, ...inputs.map((_, i) => `${id}:${i}`)]));
  }
  const ids = ["loss", ...trace.targets[0].map((_, k) => `y[${k}]`)];
  for (const unit of trace.units) {
    ids.push(unit.id);
    if (unit.bias_id) ids.push(unit.bias_id);
  }
  return new Set([...ids, ...trace.weights.map(({ id }) => id)]);
}
