/** Wires store, effects and panels of the room of optimizers; nothing else. */

import { part } from "./panels/dom.js";
import { mountRaceBuilder } from "./panels/race/builder.js";
import { mountRaceHeader } from "./panels/race/header.js";
import { mountRaceInspector } from "./panels/race/inspector.js";
import { listenToRaceKeyboard } from "./panels/race/keyboard.js";
import { mountRaceNarration } from "./panels/race/narration.js";
import { mountRaceStage } from "./panels/race/stage.js";
import { mountRaceTable } from "./panels/race/table.js";
import { mountRaceTransport } from "./panels/race/transport.js";
import { mountSheets } from "./panels/sheets.js";
import { answerNewest, keepMotion, keepTheme } from "./state/effects.js";
import { keepRaceLink, playRace } from "./state/race/effects.js";
import { createRace } from "./state/race/store.js";
import { createClock } from "./timeline/clock.js";

const race = createRace(JSON.parse(part("catalog").textContent ?? ""));

keepTheme(race);
keepMotion(race);
keepRaceLink(race);
mountRaceHeader(race);
mountRaceStage(part("stage"), race);
mountRaceNarration(race);
mountRaceTransport(race);
mountRaceBuilder(part("builder"), race);
mountRaceInspector(part("inspector"), race);
mountRaceTable(part("table-view"), race);
mountSheets();
listenToRaceKeyboard(race);
answerNewest(race.questions.surface);
answerNewest(race.questions.race);
answerNewest(race.questions.step);
playRace(race, createClock(requestAnimationFrame.bind(globalThis), () => performance.now()));
document.documentElement.dataset.ready = "true";
