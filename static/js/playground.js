/** Wires store, effects and panels of the expression room; nothing else. */

import { mountCheck } from "./panels/check.js";
import { part } from "./panels/dom.js";
import { mountHeader } from "./panels/header.js";
import { mountInspector } from "./panels/inspector.js";
import { listenToKeyboard } from "./panels/keyboard.js";
import { mountNarration } from "./panels/narration.js";
import { mountFormula, showGradients } from "./panels/playground/formula.js";
import { makePlot } from "./panels/playground/plot.js";
import { mountSheets } from "./panels/sheets.js";
import { mountTable } from "./panels/table.js";
import { mountTransport } from "./panels/transport.js";
import { createCheck } from "./state/check.js";
import { answerInquiry, answerQuestions, answerSweeps, keepAddress, keepMotion, keepTheme, play } from "./state/effects.js";
import { createDerivation } from "./state/derivation.js";
import { createInspection } from "./state/inspection.js";
import { createNudge } from "./state/nudge.js";
import { createPlayground } from "./state/playground.js";
import { createStore } from "./state/store.js";
import { createClock } from "./timeline/clock.js";
import { findReading } from "./views/index.js";
import { mountStage } from "./views/stage.js";

const read = (/** @type {string} */ id) => JSON.parse(part(id).textContent ?? "");

const catalog = read("catalog");
const presets = catalog.presets.filter((/** @type {any} */ { network }) => network.spec.kind === "expression");
const store = createStore({ catalog: { ...catalog, presets }, trace: read("trace"), preset: presets[0] });
const playground = createPlayground(store);
const inspection = createInspection(store);
const derivation = createDerivation(store, inspection);
const nudge = createNudge(store, inspection);
const check = createCheck(store);

showGradients(store);
keepTheme(store);
keepMotion(store);
mountHeader(store);
mountStage(part("stage"), { ...store.state, light: inspection.light }, {
  onSelect: store.actions.select,
  onHover: store.actions.hover,
  onEdit: store.actions.setValue,
});
mountNarration(store);
mountTransport(store);
mountFormula(part("builder"), store, playground);
part("inspector").append(makePlot(store, playground));
mountInspector(part("inspector"), store, { inspection, derivation, nudge, check });
mountCheck(check);
mountTable(part("table-view"), store);
mountSheets();
listenToKeyboard(store);
answerQuestions(store, findReading);
answerInquiry(inspection);
answerInquiry(derivation);
answerInquiry(nudge);
answerInquiry(check.table);
answerInquiry(check.chart);
answerSweeps(playground);
play(store, createClock(requestAnimationFrame.bind(globalThis), () => performance.now()));
keepAddress(store);
document.documentElement.dataset.ready = "true";
