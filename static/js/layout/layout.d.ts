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

/** Plain rectangles by left, top, width, height. */
export interface Area {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** One value of an unrolled network: a row per entry, its gradient beside. */
export interface BlockPlace extends Box {
  id: string;
  /** so many rows are shown of those there are */
  rows: number;
  row: number;
  cut: boolean;
  value: { left: number; w: number; numbered: boolean };
  grad: { left: number; w: number; numbered: boolean } | null;
  /** baseline of the line about its gradient as a whole */
  foot: number | null;
}

export interface GatePlace {
  id: string;
  letter: string;
  area: Area;
  /** baseline of its letter */
  caption: number;
}

/** The cell at one time step. */
export interface CellPlace extends Box {
  time: number;
  /** the activation curve */
  plot: Area | null;
  /** where the products add up to z */
  stack: Area | null;
  gates: GatePlace[];
}

/** What the state hands on, from one cell into the next. */
export interface RailPlace {
  id: string;
  letter: string;
  time: number;
  y: number;
  left: number;
  right: number;
}

export interface WirePlace {
  id: string;
  from: string;
  to: string;
  time: number;
  curve: Curve;
}

/** A parameter that all time steps share, and the stack of what each sends back to it. */
export interface CardPlace extends Box {
  id: string;
  grid: GridPlace | null;
  /** one row per share, the latest on top; the last row is their sum */
  bars: Area;
  row: number;
  /** whether each row has its time step and its number beside the bar */
  numbered: boolean;
  /** where the numbers of the rows end */
  right: number;
  total: number;
}

/** Where every step is a strip: too many for columns that can be read. */
export interface FoldedPlace {
  states: { letter: string; top: number; height: number; rows: number }[];
  input: Area;
  /** outputs and targets, where every step has them */
  judged: Area | null;
  chart: Area;
}

export interface TimeLayout {
  width: number;
  height: number;
  down: boolean;
  narrow: boolean;
  edges: readonly WirePlace[];
  /** centers of the time steps, and how far apart they are */
  columns: number[];
  pitch: number;
  cells: CellPlace[];
  blocks: Map<string, BlockPlace>;
  rails: RailPlace[];
  loss: Box;
  cards: CardPlace[];
  /** baseline of what is said over the cards, and whether there is room for it */
  caption: number;
  captioned: boolean;
  left: number;
  right: number;
  folded: FoldedPlace | null;
  /** everything that can be reached, row by row */
  spots: { id: string; row: number; x: number; y: number }[];
}
