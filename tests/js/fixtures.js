/** Runs as the API answered them; scripts/generate-fixtures writes them anew. */

import { readdirSync, readFileSync } from "node:fs";

import { layoutNetwork } from "../../static/js/layout/network.js";
import { sceneNetwork } from "../../static/js/scene/network.js";

const folder = new URL("fixtures/", import.meta.url);

export const names = readdirSync(folder).map((file) => file.replace(".json", ""));

export const stages = [
  { width: 320, height: 400 },
  { width: 390, height: 430 },
  { width: 800, height: 650 },
  { width: 1840, height: 1000 },
];

export function loadTrace(name) {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8"));
}

/** The playhead at `u` of a beat. */
export function playheadAt(trace, kind, layer, u) {
  const index = trace.beats.findIndex((beat) => beat.kind === kind && (layer === null || beat.layer === layer));
  if (index < 0) throw new Error(`no beat ${kind} ${layer}`);
  return index + u;
}

/** The picture at `u` of a beat, by key. */
export function pictureAt(name, kind, layer, u, { stage = stages[2], ...looking } = {}) {
  const trace = typeof name === "string" ? loadTrace(name) : name;
  const marks = sceneNetwork(trace, layoutNetwork(trace, stage), playheadAt(trace, kind, layer, u), looking);
  return new Map(marks.map((mark) => [mark.key, mark]));
}
