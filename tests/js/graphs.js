/** Runs by node, as the API answered them; scripts/generate-fixtures writes them anew. */

import { readdirSync, readFileSync } from "node:fs";

import { layoutGraph } from "../../static/js/layout/graph.js";
import { sceneGraph } from "../../static/js/scene/graph/graph.js";

const folder = new URL("graphs/", import.meta.url);

export const names = readdirSync(folder).map((file) => file.replace(".json", ""));

export const stages = [
  { width: 366, height: 480 },
  { width: 808, height: 610 },
  { width: 1840, height: 1000 },
];

export function loadGraph(name) {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8"));
}

/** The index of the beat of a kind that is about a node. */
export function findBeat(trace, kind, id = null) {
  const index = trace.beats.findIndex((beat) => beat.kind === kind && (id === null || beat.nodes.includes(id)));
  if (index < 0) throw new Error(`no beat ${kind} ${id}`);
  return index;
}

/** The picture at `u` of a beat, by key. */
export function graphAt(trace, kind, id, u, { stage = stages[1], ...looking } = {}) {
  const marks = sceneGraph(trace, layoutGraph(trace, stage), findBeat(trace, kind, id) + u, looking);
  return new Map(marks.map((mark) => [mark.key, mark]));
}
