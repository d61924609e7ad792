/** Recurrent networks through time, as the API answered them; scripts/generate-fixtures writes them anew. */

import { readdirSync, readFileSync } from "node:fs";

import { layoutTime } from "../../static/js/layout/time.js";
import { sceneTime } from "../../static/js/scene/time/time.js";

const folder = new URL("times/", import.meta.url);

export const names = readdirSync(folder).map((file) => file.replace(".json", ""));

export const stages = [
  { width: 320, height: 280 },
  { width: 390, height: 486 },
  { width: 648, height: 490 },
  { width: 808, height: 610 },
  { width: 1840, height: 960 },
];

export function loadTime(name) {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8"));
}

/** The index of the beat of a kind, at a time step where it has one. */
export function findTime(trace, kind, time = null) {
  const index = trace.beats.findIndex((beat) => beat.kind === kind && (time === null || beat.time === time));
  if (index < 0) throw new Error(`no beat ${kind} ${time}`);
  return index;
}

/** The picture at `u` of a beat, by key. */
export function timeAt(trace, kind, time, u, { stage = stages[3], ...looking } = {}) {
  const marks = sceneTime(trace, layoutTime(trace, stage), findTime(trace, kind, time) + u, looking);
  return new Map(marks.map((mark) => [mark.key, mark]));
}
