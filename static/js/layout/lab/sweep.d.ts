/** What a sweep has answered so far. */

import type { Num } from "../trace.js";
import type { Summary } from "./flow.js";

export interface SweepPoint {
  point: number;
  failed: number;
  log10_ratio: Summary | null;
  predicted_log10_ratio: Num | null;
  sigma_w: Num | null;
  sigma_b: Num | null;
  q_star: Num | null;
  chi_1: Num | null;
  phase: string | null;
  unknown: string | null;
}

export interface SweepAxis {
  name: string;
  label: string;
  named: boolean;
  values: number[];
  texts: string[];
}
