/** Wires stores, effects and panels of the training room; nothing else. */

import { computed } from "@preact/signals-core";
import { mountCheck } from "./panels/check.js";
import { part } from "./panels/dom.js";
import { mountHeader } from "./panels/header.js";
import { mountInspector } from "./panels/inspector.js";
import { listenToKeyboard } from "./panels/keyboard.js";
import { mountNarration } from "./panels/narration.js";
import { mountSheets } from "./panels/sheets.js";
import { mountTable } from "./panels/table.js";
import { mountTrainingBuilder } from "./panels/training/builder.js";
import { mountCharts } from "./panels/training/charts.js";
import { mountControl } from "./panels/training/control.js";
import { mountBrushes } from "./panels/training/data.js";
import { listenToTrainingKeys, TRAINING_KEYS } from "./panels/training/keyboard.js";
import { mountVerdict } from "./panels/training/verdict.js";
import { mountBatch, mountWalk } from "./panels/training/walk.js";
import { mountTransport } from "./panels/transport.js";
import { createCheck } from "./state/check.js";
import { answerInquiry, answerQuestions, keepMotion, keepTheme, play } from "./state/effects.js";
import { createDerivation } from "./state/derivation.js";
import { createInspection } from "./state/inspection.js";
import { createNudge } from "./state/nudge.js";
import { createStore } from "./state/store.js";
import { fetchSamples, keepLink, makeTrainingLink, train, walkSteps } from "./state/training/effects.js";
import { createTraining } from "./state/training/store.js";
import { createClock } from "./timeline/clock.js";
import { findReading } from "./views/index.js";
import { mountStage } from "./views/stage.js";
import { mountSequencesStage } from "./views/training/sequences.js";
import { mountTrainingStage } from "./views/training/stage.js";

const read = (/** @type {string} */ id) => JSON.parse(part(id).textContent ?? "");
const requestFrame = requestAnimationFrame.bind(globalThis);
const now = () => performance.now();

const catalog = read("catalog");
const store = createStore({ catalog, trace: read("trace"), preset: catalog.presets.find((/** @type {any} */ { network }) => network.spec.kind === "dense") });
const inspection = createInspection(store);
const derivation = createDerivation(store, inspection);
const nudge = createNudge(store, inspection);
const check = createCheck(store);
const training = createTraining(catalog);
const { state, actions } = training;
const walks = computed(() => state.mode.value === "walk");

keepTheme(store);
keepMotion(store);
keepLink(training);
mountHeader(store, {
  canUndo: computed(() => (walks.value ? store.state.canUndo.value : state.canUndo.value)),
  canRedo: computed(() => (walks.value ? store.state.canRedo.value : state.canRedo.value)),
  undo: () => (walks.peek() ? store : training).actions.undo(),
  redo: () => (walks.peek() ? store : training).actions.redo(),
  link: () => makeTrainingLink(training),
  inspector: () => (walks.peek() ? "inspector" : "charts"),
  keys: TRAINING_KEYS,
});
mountStage(part("stage"), { ...store.state, light: inspection.light }, {
  onSelect: store.actions.select,
  onHover: store.actions.hover,
  onEdit: store.actions.setValue,
});
mountNarration(store, () => walks.value);
mountTransport(store, { next: actions.walkOn });
mountInspector(part("inspector"), store, { inspection, derivation, nudge, check });
mountCheck(check);
mountBatch(part("inspector"), store, { numbers: () => state.walked.value, inspection });
mountTable(part("table-view"), store);
mountWalk(training);
mountTrainingBuilder(part("builder"), training);
mountCharts(part("charts"), training, { theme: store.state.theme });
mountControl(training);
mountVerdict(training);
mountTrainingStage(part("field"), training, { theme: store.state.theme, requestFrame });
mountSequencesStage(part("field"), training, { theme: store.state.theme, requestFrame });
mountBrushes(part("field"), training);
mountSheets(["builder", "inspector", "charts"]);
listenToKeyboard(store, { on: () => walks.peek(), next: actions.walkOn, leave: actions.leave });
listenToTrainingKeys(training);
answerQuestions(store, findReading);
answerInquiry(inspection);
answerInquiry(derivation);
answerInquiry(nudge);
answerInquiry(check.table);
answerInquiry(check.chart);
play(store, createClock(requestFrame, now));
fetchSamples(training);
train(training, now);
walkSteps(training, store);
document.documentElement.dataset.ready = "true";
