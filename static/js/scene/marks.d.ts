/** What a picture is made of: plain shapes whose colors are names of tokens. */

import type { Curve } from "../layout/curve.js";

export interface Mark {
  /** the same thing has the same key in every frame */
  key: string;
  shape: "curve" | "path" | "circle" | "rect" | "text";
  /** of a circle its center, of a rectangle its left top corner, of text its anchor on the baseline */
  x?: number;
  y?: number;
  r?: number;
  width?: number;
  height?: number;
  rx?: number;
  d?: string;
  curve?: Curve;
  fill?: string;
  stroke?: string;
  strokeWidth?: number;
  dash?: string;
  opacity?: number;
  text?: string;
  /** what stands raised behind the text */
  raised?: string;
  /** what stands lowered behind the text */
  lowered?: string;
  size?: number;
  weight?: number;
  anchor?: "start" | "middle" | "end";
  italic?: boolean;
  /** token of the ground that is drawn around text */
  halo?: string;
  /** class name for the style sheet */
  tone?: string;
  /** part of the many that a canvas draws when they are too many */
  bulk?: boolean;
  /** what it stands for, when it can be focused or pointed at */
  id?: string;
  /** its accessible name */
  label?: string;
}
