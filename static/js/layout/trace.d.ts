/**
 * A run as `POST /networks/trace` answers it. What it is made of is as the API's document says; how
 * it is put together depends on the view that was asked for.
 */

import type { components } from "../api/schema.js";

type Schemas = components["schemas"];

export type Num = number | "NaN" | "Infinity" | "-Infinity";
export type Nested = Num | Nested[];

export type Beat = Schemas["Beat"];
export type LayerView = Schemas["LayerView"];
export type UnitView = Schemas["UnitView"];
export type WeightView = Schemas["WeightView"];
export type LossNode = Schemas["LossNode"];

export interface NetworkDocument {
  spec: {
    kind?: string;
    loss?: string | { name: string };
    [key: string]: unknown;
  };
  optimizer_state: { name: string; t: number; slots: Record<string, unknown> } | null;
  [key: string]: unknown;
}

/** What every run has. */
interface Run {
  network: NetworkDocument;
  sample: number;
  batch: number;
  outputs: Nested;
  loss: Num;
  /** the node whose gradients these are, and its symbol */
  loss_node: string;
  loss_latex: string;
  sample_loss: Num;
  dropout_seed?: number | null;
  beats: Beat[];
  updates: Record<string, Record<string, unknown>>;
  loss_after: Num | null;
  next_network: NetworkDocument | null;
  health: Pick<Schemas["Health"], "finite" | "first_non_finite">;
}

/** `view: "units"`: a dense network by layer, unit and weight, for one sample. */
export interface UnitsTrace extends Run {
  network: NetworkDocument & { spec: { loss: string | { name: string } } };
  inputs: Num[][];
  targets: Num[][];
  outputs: Num[][];
  layers: LayerView[];
  units: UnitView[];
  weights: WeightView[];
  loss_nodes: LossNode[];
  nodes?: undefined;
}

/** What a node sent back along the edge to its input number `input`. */
export interface MessageView {
  to: string;
  input: number;
  value: Nested;
  /** derivative of the node by that input; null where it is not one number per entry */
  local: Nested | null;
  local_latex: string;
}

export interface NodeView {
  id: string;
  op: string | null;
  /** ids, in the order in which the op takes them; the same may stand there twice */
  inputs: string[];
  role: string;
  layer: number | null;
  time: number | null;
  latex: string;
  /** short plain text: the op's symbol, or the name of a leaf */
  label: string;
  shape: number[];
  /** samples first, but for parameters, the loss and what no sample changes */
  value: Nested;
  grad: Nested | null;
  messages: MessageView[];
}

/** `view: "nodes"` or `"time"`: every op of the graph. */
export interface NodesTrace extends Run {
  /** rows of numbers, sequences of them, or numbers by name: as the kind of network takes them */
  inputs: any;
  targets: Nested | null;
  nodes: NodeView[];
  units?: undefined;
  /** of a recurrent network that is told by time: input, cell, output */
  layers?: LayerView[] | null;
}

export type Trace = UnitsTrace | NodesTrace;

/** The views that the API knows. */
export type Reading = "units" | "nodes" | "time";
