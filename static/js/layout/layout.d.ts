/** Where everything stands, in pixels of the stage. */

import type { Curve, Point } from "./curve.js";

export interface Box {
  /** center */
  x: number;
  y: number;
  w: number;
  h: number;
}

/** An instrument shows z and the curve; a disc its value; a cell of a heat strip only its shade. */
export type Form = "instrument" | "disc" | "cell";

export interface UnitPlace extends Box {
  id: string;
  layer: number;
  index: number;
  form: Form;
  /** where edges arrive */
  in: Point;
  /** where edges leave */
  out: Point;
  /** where the gradient dL/da is written, when there is room */
  tag: Box | null;
}

export interface EdgePlace {
  id: string;
  layer: number;
  index: number;
  from: string;
  to: string;
  curve: Curve;
  /** where name and value are written, when there is room */
  chip: Box | null;
  /** where the gradient is written, when there is room */
  tag: Box | null;
}

export interface BiasPlace {
  id: string;
  unit: string;
  x: number;
  y: number;
  r: number;
  /** whether its number has room inside */
  roomy: boolean;
  curve: Curve;
}

export interface TargetPlace {
  id: string;
  index: number;
  x: number;
  y: number;
  r: number;
  curve: Curve;
}

export interface Column {
  layer: number | "loss";
  text: string;
  x: number;
  y: number;
  anchor: "start" | "middle" | "end";
}

export interface Layout {
  width: number;
  height: number;
  /** how much larger than on a stage of 800 x 650 */
  scale: number;
  /** whether the forward pass runs downward instead of to the right */
  down: boolean;
  units: Map<string, UnitPlace>;
  /** units by layer, layer 0 first */
  layers: UnitPlace[][];
  edges: EdgePlace[];
  biases: BiasPlace[];
  loss: Box;
  wires: { unit: string; curve: Curve }[];
  targets: TargetPlace[];
  columns: Column[];
  /** left edge and middle of the legend; null where there is no room */
  legend: Point | null;
}

/** A number alone, a number with its op or name and its gradient, or several as cells. */
export type NodeForm = "constant" | "number" | "grid";

/** Cells of a node's value, or of its gradient: so many that are shown of those there are. */
export interface GridPlace {
  left: number;
  top: number;
  rows: number;
  columns: number;
  cell: { w: number; h: number };
  /** whether a number has room in a cell */
  numbered: boolean;
  /** whether there are more than can be shown */
  cut: boolean;
}

export interface NodePlace extends Box {
  id: string;
  form: NodeForm;
  /** how far along the flow: one past the last of its inputs */
  rank: number;
  name: string;
  label: string;
  value: GridPlace | null;
  grad: GridPlace | null;
  /** where the node's value leaves and its messages arrive */
  out: Point;
}

export interface GraphEdgePlace {
  id: string;
  from: string;
  to: string;
  input: number;
  curve: Curve;
}

export interface GraphLayout {
  width: number;
  height: number;
  down: boolean;
  /** the same for graphs that stand the same */
  key: string;
  /** its own size; the stage may be smaller */
  picture: { width: number; height: number };
  nodes: Map<string, NodePlace>;
  edges: GraphEdgePlace[];
}
