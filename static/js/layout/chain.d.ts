/** Paths of the chain rule, from a number to the loss, and where they run in a picture. */

import type { components } from "../api/schema.js";
import type { Num } from "./trace.js";

type Schemas = components["schemas"];

/** One number: an entry of a node's value. */
export type Entry = Schemas["Place"];
/** A way from an entry to the loss. */
export type Path = Schemas["Path"];
export type Explanation = Schemas["ExplainAnswer"];

/** What colors a factor: it came through a product, along a curve, or out of the loss. */
export type Tone = "forward" | "loss" | "backward";

export interface Step {
  /** the part of the picture that the factor belongs to */
  part: string;
  /** null where paths that run alike take several */
  factor: Num | null;
  tone: Tone;
}

/** A path in a picture, or several that run alike there. */
export interface Route {
  key: string;
  /** symbols of what it comes by, its beginning and the loss included */
  latex: string[];
  /** the same in words */
  words: string[];
  /** ids of everything that it comes by */
  parts: string[];
  /** in the order of the path */
  steps: Step[];
  /** in a graph, which entry of each node, that of the sample left out */
  entries: Entry[];
  product: Num;
  /** how many paths run so */
  count: number;
  /** whose it is; null where samples do not matter */
  sample: number | null;
}

export interface Light {
  /** how much of what comes back runs through each part, 0 to 1 */
  parts: Map<string, number>;
  /** what is written at parts */
  factors: Map<string, Num>;
  /** entries of nodes, by node */
  entries: Map<string, number[]>;
}
