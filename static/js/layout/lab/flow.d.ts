/** The answer about a gradient flow, as the API gives it. */

import type { Num } from "../trace.js";

export interface Summary {
  mean: Num;
  std: Num;
}

export interface FlowLayer {
  layer: number | null;
  time: number | null;
  grad_z_rms: Summary;
  grad_a_rms: Summary;
  grad_weight_rms: Summary;
  z_mean: Summary;
  z_variance: Summary;
  a_mean: Summary;
  a_variance: Summary;
  saturated: Summary | null;
  dead: Summary | null;
  singular_values: { largest: Summary; smallest: Summary; mean_square: Summary } | null;
  measured_factor: Num | null;
  predicted_factor: Num | null;
  predicted_grad_z_rms: Num | null;
  predicted_z_variance: Num | null;
}

export interface Theory {
  sigma_w: Num | null;
  sigma_b: Num | null;
  q_star: Num | null;
  chi_1: Num | null;
  phase: "ordered" | "critical" | "chaotic" | null;
  depth_scale: Num | null;
  unknown: string | null;
  weights: { parameter: string; variance: Num; glorot: Num; he: Num }[];
  recurrent_weights: { gate: number; spectral_radius: Summary; largest_singular_value: Summary }[];
  slope_bound: Num | null;
  factor_bound: Num | null;
}

export interface Flow {
  layers: FlowLayer[];
  seeds: number;
  singular_value_seeds: number;
  theory: Theory;
}
