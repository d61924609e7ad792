/** The race room's only writer of its state: named transitions. */

import { batch, computed, signal } from "@preact/signals-core";
import { toNumber } from "../../layout/number.js";
import { makeFrame, placeMap } from "../../layout/race/frame.js";
import { flatten, makeScale } from "../../layout/race/heights.js";
import { countSteps, nameRacers } from "../../layout/race/runs.js";
import { createPast } from "../past.js";
import { askRace, askStep, askSurface, findLane, setUpFormula, setUpFunction, setUpSlice, withAxis } from "./setup.js";

/** @typedef {import("./setup.js").Setup} Setup */
/** @typedef {import("./setup.js").RaceCatalog} RaceCatalog */
/** @typedef {import("../inspection.js").Result} Result */
/** @typedef {import("../state.js").Problem} Problem */
/** @typedef {import("../../layout/race/runs.js").Run} Run */
/** @typedef {import("../../layout/race/runs.js").Choice} Choice */
/** @typedef {import("../../api/schema.js").components["schemas"]["SurfaceAnswer"]} SurfaceAnswer */
/** @typedef {import("../../api/schema.js").components["schemas"]["RaceAnswer"]} RaceAnswer */
/** @typedef {ReturnType<typeof askSurface>} AskedSurface */
/** @typedef {ReturnType<typeof askRace>} AskedRace */
/** @typedef {ReturnType<typeof askStep>} AskedStep */
/** @typedef {"map" | "table"} RaceView */
/** @typedef {ReturnType<typeof createRace>} Race */

/** Where a race is opened: far enough for ways to part, not yet at their ends. */
const OPENING = 25;

/** @param {RaceCatalog} catalog */
export function createRace(catalog) {
  const state = {
    catalog,
    setup: signal(setUpFunction(catalog, "")),
    stage: signal({ width: 0, height: 0 }),
    playhead: signal(OPENING),
    playing: signal(false),
    speed: signal(1),
    /** The racer under the microscope, by its lane. */
    focus: signal(/** @type {number | null} */ (null)),
    view: signal(/** @type {RaceView} */ ("map")),
    theme: signal(/** @type {"light" | "dark"} */ ("light")),
    reducedMotion: signal(false),
    canUndo: signal(false),
    canRedo: signal(false),
    surface: signal(/** @type {{about: AskedSurface, answer: SurfaceAnswer} | null} */ (null)),
    race: signal(/** @type {{about: AskedRace, answer: RaceAnswer} | null} */ (null)),
    step: signal(/** @type {{about: AskedStep, answer: RaceAnswer} | null} */ (null)),
    problems: signal(/** @type {{surface: Problem | null, race: Problem | null, step: Problem | null}} */ ({ surface: null, race: null, step: null })),
  };

  const box = computed(() => placeMap(state.stage.value));
  const askedSurface = computed(() => (state.stage.value.width < 40 ? null : askSurface(state.setup.value, catalog, box.value)));
  const askedRace = computed(() => (state.setup.value.racers.length ? askRace(state.setup.value, catalog) : null));
  const runs = computed(() => {
    const race = state.race.value;
    if (!race || state.setup.value.racers.length === 0) return [];
    const names = nameRacers(race.about.racers, catalog.optimizers);
    // A racer that starts where the loss is no number has no way at all.
    return race.answer.racers.map((way, i) => /** @type {Run} */ ({ lane: race.about.racers[i].lane, ...names[i], way })).filter(({ way }) => way.path.length > 0);
  });
  const steps = computed(() => state.race.value?.about.steps ?? state.setup.value.steps);
  const playhead = computed(() => Math.min(steps.value, Math.max(0, state.playhead.value)));
  const shown = computed(() => Math.floor(playhead.value + 1e-9));
  const losses = computed(() => flatten(state.surface.value?.answer.losses ?? []));
  const scale = computed(() => makeScale(losses.value, state.setup.value.scale));
  const shares = computed(() => losses.value.map((loss) => scale.value.share(loss)));
  const frame = computed(() => makeFrame((state.surface.value?.about ?? askSurface(state.setup.value, catalog, box.value)).ranges, box.value));
  const focused = computed(() => runs.value.find(({ lane }) => lane === state.focus.value) ?? runs.value[0] ?? null);
  /** The step under the microscope: the last that is over, at least the first. */
  const looked = computed(() => (focused.value ? Math.min(Math.max(1, shown.value), countSteps(focused.value.way)) : 0));
  const askedStep = computed(() => {
    const [run, race] = [focused.value, state.race.value];
    if (!run || !race || state.playing.value || looked.value < 1 || race.about.body !== askedRace.value?.body) return null;
    const racer = race.about.racers.find(({ lane }) => lane === run.lane);
    return racer ? askStep(state.setup.value, catalog, racer, looked.value) : null;
  });
  const told = computed(() => {
    const step = state.step.value;
    return step && step.about.body === askedStep.value?.body ? (step.answer.explained ?? null) : null;
  });
  const pending = computed(() => askedSurface.value?.body !== state.surface.value?.about.body || (askedRace.value !== null && askedRace.value.body !== state.race.value?.about.body));
  const problem = computed(() => state.problems.value.surface ?? state.problems.value.race ?? state.problems.value.step);

  /** @param {Setup} setup */
  const pose = (setup) => void (state.setup.value = setup);
  const past = createPast({ read: () => state.setup.peek(), pose, canUndo: state.canUndo, canRedo: state.canRedo });

  /** @param {Setup} setup @param {string | null} [during] the gesture that this edit is part of */
  const change = (setup, during = null) => {
    if (JSON.stringify(setup) === JSON.stringify(state.setup.peek())) return;
    past.keep(during);
    pose(setup);
  };
  const jump = (/** @type {number} */ to) =>
    batch(() => {
      state.playing.value = false;
      state.playhead.value = Math.min(steps.peek(), Math.max(0, to));
    });
  /** @param {"surface" | "race" | "step"} part @param {Problem | null} found */
  const complain = (part, found) => {
    if (state.problems.peek()[part] !== found) state.problems.value = { ...state.problems.peek(), [part]: found };
  };

  const actions = {
    /** @param {string} name */
    chooseFunction: (name) => batch(() => {
      change(setUpFunction(catalog, name));
      state.playing.value = false;
      state.playhead.value = OPENING;
    }),
    chooseFormula: () => change(setUpFormula(state.setup.peek())),
    /** @param {string} name of a preset */
    chooseSlice: (name) => change(setUpSlice(state.setup.peek(), catalog, name)),
    /** @param {0 | 1} axis @param {import("./setup.js").Entry} entry */
    chooseAxis: (axis, entry) => change(withAxis(state.setup.peek(), catalog, axis, entry)),
    /** @param {string} expression one of many edits until `settle` */
    changeExpression: (expression) => change({ ...state.setup.peek(), surface: { expression } }, "expression"),
    /** @param {import("./setup.js").Pair} start @param {boolean} [sliding] one of many until `settle` */
    setStart: (start, sliding = false) => change({ ...state.setup.peek(), start }, sliding ? "start" : null),
    settle: past.settle,
    /** @param {number} count */
    setSteps: (count) => change({ ...state.setup.peek(), steps: count }),
    /** @param {number | null} size */
    setBatch: (size) => change({ ...state.setup.peek(), batch: size }),
    toggleScale: () => change({ ...state.setup.peek(), scale: state.setup.peek().scale === "log" ? "linear" : "log" }),
    /** The next entry of the catalog that does not race yet, at its usual options. */
    addRacer() {
      const { racers } = state.setup.peek();
      const lane = findLane(racers);
      if (lane === null) return;
      const entry = catalog.optimizers.find(({ name }) => racers.every(({ choice }) => choice.name !== name)) ?? catalog.optimizers[0];
      change({ ...state.setup.peek(), racers: [...racers, { lane, choice: { name: entry.name, learning_rate: 0.1 } }] });
    },
    /** @param {number} lane */
    removeRacer: (lane) => change({ ...state.setup.peek(), racers: state.setup.peek().racers.filter((racer) => racer.lane !== lane) }),
    /** @param {number} lane @param {Choice} choice */
    changeRacer: (lane, choice) => change({ ...state.setup.peek(), racers: state.setup.peek().racers.map((racer) => (racer.lane === lane ? { lane, choice } : racer)) }),
    undo: past.undo,
    redo: past.redo,
    /** @param {{setup: Setup, look: import("./link.js").Look}} found */
    restore: ({ setup, look }) => batch(() => {
      pose(setup);
      state.playhead.value = look.playhead;
      state.focus.value = look.focus;
      state.view.value = /** @type {RaceView} */ (look.view);
    }),
    /** @param {number} width @param {number} height */
    resize(width, height) {
      const { width: w, height: h } = state.stage.peek();
      if (w !== width || h !== height) state.stage.value = { width, height };
    },
    /** @param {Result} result @param {AskedSurface} about */
    receiveSurface: (result, about) => batch(() => {
      complain("surface", "problem" in result ? result.problem : null);
      if ("answer" in result) state.surface.value = { about, answer: result.answer };
    }),
    /** @param {Result} result @param {AskedRace} about */
    receiveRace: (result, about) => batch(() => {
      complain("race", "problem" in result ? result.problem : null);
      if (!("answer" in result)) return;
      const atEnd = state.playhead.peek() >= steps.peek();
      state.race.value = { about, answer: result.answer };
      state.playhead.value = atEnd ? about.steps : Math.min(about.steps, state.playhead.peek());
    }),
    /** @param {Result} result @param {AskedStep} about */
    receiveStep: (result, about) => batch(() => {
      complain("step", "problem" in result ? result.problem : null);
      if ("answer" in result) state.step.value = { about, answer: result.answer };
    }),
    /** @param {number | null} lane @param {number} [step] */
    look: (lane, step) => batch(() => {
      state.focus.value = lane;
      if (step !== undefined) jump(step);
    }),
    /** @param {number} to */
    setPlayhead: (to) => void (state.playhead.value = Math.min(steps.peek(), Math.max(0, to))),
    play: () => batch(() => {
      if (runs.peek().length === 0) return;
      if (playhead.peek() >= steps.peek()) state.playhead.value = 0;
      state.playing.value = true;
    }),
    pause: () => void (state.playing.value = false),
    toggle: () => (state.playing.peek() ? actions.pause() : actions.play()),
    /** @param {number} speed */
    setSpeed: (speed) => void (state.speed.value = speed),
    first: () => jump(0),
    last: () => jump(steps.peek()),
    /** @param {number} [by] */
    stepForward: (by = 1) => jump(Math.floor(playhead.peek() + 1e-9) + by),
    /** @param {number} [by] */
    stepBack: (by = 1) => jump(Math.ceil(playhead.peek() - 1e-9) - by),
    /** @param {RaceView} view */
    setView: (view) => void (state.view.value = view),
    /** @param {"light" | "dark"} theme */
    setTheme: (theme) => void (state.theme.value = theme),
    /** @param {boolean} reduced */
    setReducedMotion: (reduced) => void (state.reducedMotion.value = reduced),
  };
  const minimum = computed(() => state.surface.value?.answer.minimum?.map(toNumber) ?? null);
  return {
    state,
    actions,
    questions: {
      surface: { asked: askedSurface, receive: actions.receiveSurface },
      race: { asked: askedRace, receive: actions.receiveRace },
      step: { asked: askedStep, receive: actions.receiveStep },
    },
    derived: { box, frame, runs, steps, playhead, shown, losses, scale, shares, focused, looked, told, pending, problem, minimum },
  };
}
