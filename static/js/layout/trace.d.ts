/** A run as `POST /networks/trace` answers it with `view: "units"`. */

export type Num = number | "NaN" | "Infinity" | "-Infinity";

export interface Beat {
  index: number;
  kind: string;
  phase: "forward" | "loss" | "backward" | "update";
  nodes: string[];
  edges: { from: string; to: string; input: number }[];
  layer: number | null;
  time: number | null;
  title: string;
  text: string;
  latex: string;
  latex_numbers: string;
}

export interface LayerView {
  layer: number;
  units: number;
  label: string;
  activation: string | null;
  latex: string | null;
  latex_slope: string | null;
  elementwise: boolean;
  curve: { z: Num[]; a: Num[] } | null;
}

export interface UnitView {
  id: string;
  layer: number;
  index: number;
  label: string;
  latex_a: string;
  latex_z: string | null;
  latex_bias: string | null;
  z: Num | null;
  a: Num;
  slope: Num | null;
  grad_z: Num | null;
  grad_a: Num;
  bias_id: string | null;
  bias: Num | null;
  grad_bias: Num | null;
  bias_contributions: Num[] | null;
  bias_after: Num | null;
  bias_delta: Num | null;
  bias_trainable: boolean | null;
}

export interface WeightView {
  id: string;
  layer: number;
  from: string;
  to: string;
  label: string;
  latex: string;
  value: Num;
  grad: Num;
  product: Num;
  message: Num;
  contributions: Num[] | null;
  after: Num | null;
  delta: Num | null;
  trainable: boolean;
}

export interface LossNode {
  id: string;
  op: string | null;
  label: string;
  latex: string;
  value: Num | Num[];
  grad: Num | Num[] | null;
}

export interface NetworkDocument {
  spec: {
    loss: string | { name: string };
    reduction: string;
    [key: string]: unknown;
  };
  optimizer_state: { name: string; t: number; slots: Record<string, unknown> } | null;
  [key: string]: unknown;
}

export interface Trace {
  network: NetworkDocument;
  sample: number;
  batch: number;
  inputs: Num[][];
  targets: Num[][];
  outputs: Num[][];
  loss: Num;
  sample_loss: Num;
  layers: LayerView[];
  units: UnitView[];
  weights: WeightView[];
  loss_nodes: LossNode[];
  beats: Beat[];
  updates: Record<string, Record<string, unknown>>;
  loss_after: Num | null;
  next_network: NetworkDocument | null;
  health: { finite: boolean; first_non_finite: { node: string; phase: string } | null };
}
