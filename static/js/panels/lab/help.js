/** What the keys do in the lab. */

import { showHelp } from "../help.js";

/** @type {[string[], string][]} */
const KEYS = [
  [["Space"], "play and pause the backward pass; with a sweep: measure and stop"],
  [["\u2190", "\u2192"], "a layer or time step back or on"],
  [["Home", "End"], "before the pass and after it"],
  [["+", "\u2212"], "faster and slower"],
  [["1", "2", "3"], "layers, time, sweep"],
  [["Tab", "\u2190\u2191\u2192\u2193"], "into the picture, and from place to place; Page Up and Page Down go by ten"],
  [["Enter"], "select the place in focus: the inspector has its numbers"],
  [["Escape"], "let go"],
  [["Ctrl", "Z"], "undo; with Shift: redo"],
  [["?"], "this list"],
];

/** Open the list of keys. */
export function showLabHelp() {
  showHelp(KEYS);
}
