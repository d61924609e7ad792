/** Wires store, effects and panels of the gradient flow lab; nothing else. */

import { part } from "./panels/dom.js";
import { mountLabBuilder } from "./panels/lab/builder.js";
import { mountLabHeader } from "./panels/lab/header.js";
import { mountLabInspector } from "./panels/lab/inspector.js";
import { listenToLabKeyboard } from "./panels/lab/keyboard.js";
import { mountLabNarration } from "./panels/lab/narration.js";
import { mountLabStage } from "./panels/lab/stage.js";
import { mountLabTable } from "./panels/lab/table.js";
import { mountLabTransport } from "./panels/lab/transport.js";
import { mountSheets } from "./panels/sheets.js";
import { keepMotion, keepTheme } from "./state/effects.js";
import { keepLabLink, measure, playPass, runSweeps } from "./state/lab/effects.js";
import { createLab } from "./state/lab/store.js";
import { createClock } from "./timeline/clock.js";

const lab = createLab(JSON.parse(part("catalog").textContent ?? ""));

keepTheme(lab);
keepMotion(lab);
keepLabLink(lab);
mountLabHeader(lab);
mountLabStage(part("stage"), lab);
mountLabNarration(lab);
mountLabTransport(lab);
mountLabBuilder(part("builder"), lab);
mountLabInspector(part("inspector"), lab);
mountLabTable(part("table-view"), lab);
mountSheets();
listenToLabKeyboard(lab);
measure(lab);
runSweeps(lab, requestAnimationFrame.bind(globalThis));
playPass(lab, createClock(requestAnimationFrame.bind(globalThis), () => performance.now()));
document.documentElement.dataset.ready = "true";
