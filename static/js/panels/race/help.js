/** What the keys do in the race. */

import { showHelp } from "../help.js";

/** @type {[string[], string][]} */
const KEYS = [
  [["Space"], "play and pause"],
  [["←", "→"], "a step back or on; with Shift ten steps"],
  [["Home", "End"], "the start and the last step"],
  [["+", "−"], "faster and slower"],
  [["Tab", "←↑→↓"], "to the start on the map, and move it; with Shift farther"],
  [["1", "2"], "the map and the table"],
  [["Escape"], "let go"],
  [["Ctrl", "Z"], "undo; with Shift: redo"],
  [["?"], "this list"],
];

/** Open the list of keys. */
export function showRaceHelp() {
  showHelp(KEYS);
}
