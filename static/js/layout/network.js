/** Where units, edges, loss and targets of a dense network stand. */

import { overlap, placeChips } from "./chips.js";
import { connect } from "./curve.js";
import { measure } from "./columns.js";
import { textWidth, typeSize } from "./text.js";

/** @typedef {import("./trace.js").UnitsTrace} Trace */
/** @typedef {import("./layout.js").Layout} Layout */
/** @typedef {import("./layout.js").UnitPlace} UnitPlace */
/** @typedef {import("./layout.js").Box} Box */
/** @typedef {import("./columns.js").Measures} Measures */

/**
 * The layout of `trace` on a stage of so many pixels.
 * @param {Trace} trace
 * @param {{width: number, height: number}} stage
 * @returns {Layout}
 */
export function layoutNetwork(trace, stage) {
  const m = measure(trace, stage);
  const layers = placeUnits(trace, m);
  const units = new Map(layers.flat().map((unit) => [unit.id, unit]));
  const loss = m.box(m.columns.length - 1);
  const outputs = layers[layers.length - 1];
  const layout = {
    width: stage.width,
    height: stage.height,
    scale: m.scale,
    down: m.down,
    units,
    layers,
    edges: connectUnits(trace, units, m),
    biases: placeBiases(trace, units, m),
    loss,
    wires: outputs.map((unit) => ({ unit: unit.id, curve: connect(unit.out, m.entry(loss), m.down) })),
    targets: placeTargets(outputs.length, loss, m),
    columns: labelColumns(trace, layers, loss, m),
    legend: m.down ? null : { x: stage.width - 232, y: 38 },
  };
  placeNumbers(trace, layout, m);
  return layout;
}

/** @param {Trace} trace @param {Measures} m @returns {UnitPlace[][]} */
function placeUnits(trace, m) {
  /** @type {UnitPlace[][]} */
  const layers = trace.layers.map(() => []);
  for (const { id, layer, index } of trace.units) {
    const box = m.box(layer, index);
    layers[layer].push({
      ...box,
      id,
      layer,
      index,
      form: m.columns[layer].form,
      in: m.entry(box),
      out: m.exit(box),
      tag: null,
    });
  }
  return layers;
}

/** @param {Trace} trace @param {Map<string, UnitPlace>} units @param {Measures} m */
function connectUnits(trace, units, m) {
  return trace.weights.map((weight, index) => {
    const [from, to] = [units.get(weight.from), units.get(weight.to)];
    if (!from || !to) throw new Error(`${weight.id} connects units that are not there`);
    return {
      id: weight.id,
      layer: weight.layer,
      index,
      from: weight.from,
      to: weight.to,
      curve: connect(from.out, to.in, m.down),
      chip: null,
      tag: null,
    };
  });
}

/** @param {Trace} trace @param {Map<string, UnitPlace>} units @param {Measures} m */
function placeBiases(trace, units, m) {
  const places = [];
  for (const { id, bias_id } of trace.units) {
    const unit = units.get(id);
    if (!unit || bias_id === null) continue;
    const apart = m.columns[unit.layer].pitch - (m.down ? unit.w : unit.h);
    const roomy = !m.down && unit.form === "instrument" && apart >= 30 && m.gap >= 64;
    const solo = roomy && unit.h >= 150;
    const r = (solo ? 20 : 18) * m.scale;
    const spot = roomy
      ? {
          x: unit.x - unit.w / 2 - (solo ? m.gap * 0.62 : 28 * m.scale),
          y: unit.y + unit.h / 2 + (solo ? 42 * m.scale : 9),
          r,
          roomy,
        }
      : dotAt(unit);
    const end = roomy ? { x: unit.x - unit.w / 2, y: unit.y + unit.h * 0.24 } : { x: unit.x, y: unit.y };
    const start = { x: spot.x + (roomy ? r : 0), y: spot.y };
    places.push({ id: bias_id, unit: id, ...spot, curve: connect(start, end, false) });
  }
  return places;
}

/** @param {number} count @param {Box} loss @param {Measures} m */
function placeTargets(count, loss, m) {
  const side = m.down ? loss.h + 24 : Math.max(loss.w + 30, 60);
  const pitch = Math.min(52 * m.scale, side / count);
  const r = Math.max(3, Math.min((count === 1 ? 24 : 20) * m.scale, pitch * 0.42));
  const away = (m.down ? loss.w / 2 + 34 : loss.h / 2 + 52 * m.scale) + r;
  return Array.from({ length: count }, (_, index) => {
    const offset = (index - (count - 1) / 2) * pitch;
    const at = m.down ? { x: loss.x + away, y: loss.y + offset } : { x: loss.x + offset, y: loss.y + away };
    const from = m.down ? { x: at.x - r, y: at.y } : { x: at.x, y: at.y - r };
    const to = m.down ? { x: loss.x + loss.w / 2, y: loss.y } : { x: loss.x, y: loss.y + loss.h / 2 };
    return { id: `y[${index}]`, index, ...at, r, curve: connect(from, to, !m.down) };
  });
}

/** @param {Trace} trace @param {UnitPlace[][]} layers @param {Box} loss @param {Measures} m */
function labelColumns(trace, layers, loss, m) {
  const names = trace.layers.map(({ layer, label }) => (layer === 0 ? label : `layer ${layer} \u00b7 ${label}`));
  const short = trace.layers.map(({ layer, label }) => (layer === 0 ? label : `${layer} \u00b7 ${label}`));
  const size = typeSize(12, m.scale);
  const room = m.gap + Math.min(...m.columns.map(({ w }) => w));
  const widest = Math.max(...trace.layers.map((layer) => layer.units));
  const fits = m.down ? widest < 4 : names.every((name) => textWidth(name, size) < room);
  /** @type {import("./layout.js").Column[]} */
  const columns = layers.map((units, layer) => ({
    layer,
    text: fits ? names[layer] : short[layer],
    ...(m.down ? { x: 12, y: units[0].y - units[0].h / 2 - 5 } : { x: units[0].x, y: m.foot }),
    anchor: m.down ? "start" : "middle",
  }));
  columns.push({
    layer: "loss",
    text: "loss",
    ...(m.down ? { x: 12, y: loss.y - loss.h / 2 - 5 } : { x: loss.x, y: m.foot }),
    anchor: m.down ? "start" : "middle",
  });
  return columns;
}

/**
 * Biases become dots at their units in layers where one would touch something else.
 * @param {Layout} layout
 * @param {Box[]} taken what stands already; biases that stay are added
 */
function foldBiases(layout, taken) {
  for (const units of layout.layers) {
    const biases = layout.biases.filter(({ unit, roomy }) => roomy && units.some(({ id }) => id === unit));
    const boxes = biases.map(({ x, y, r }) => ({ x, y, w: 2 * r, h: 2 * r }));
    const blocked = boxes.some((box) => taken.some((other) => overlap(box, other)) || box.y + box.h / 2 > layout.height - 40);
    if (!blocked) taken.push(...boxes);
    else for (const bias of biases) Object.assign(bias, dotAt(layout.units.get(bias.unit)));
  }
}

/** @param {UnitPlace | undefined} unit */
function dotAt(unit) {
  if (!unit) throw new Error("a bias without a unit");
  // Just outside, so that the unit does not hide it.
  const round = unit.form === "disc";
  return {
    x: round ? unit.x - unit.w * 0.43 : unit.x - unit.w / 2 - 6,
    y: round ? unit.y + unit.h * 0.43 : unit.y + unit.h / 2 - 12,
    r: unit.form === "cell" ? 0 : 4,
    roomy: false,
  };
}

/**
 * Where the units of a column have room for dL/da: beside the output port, or around a disc.
 * @param {UnitPlace} first
 * @param {{w: number, h: number}} size
 * @param {Measures} m
 * @param {number} pitch
 * @param {import("./layout.js").Form} form
 * @returns {((unit: UnitPlace) => Box) | null}
 */
function placeTag(first, { w, h }, m, pitch, form) {
  if (form === "cell") return null;
  if (form === "disc" && m.down) {
    if (pitch < first.w + w + 4) return null;
    return ({ x, y, w: wide }) => ({ x: x + wide / 2 + w / 2 + 3, y, w, h });
  }
  if (form === "disc") {
    if (pitch < first.h + 2 * h + 8 || m.gap + first.w < w + 6) return null;
    return ({ x, y, h: tall }) => ({ x, y: y + tall / 2 + h / 2 + 5, w, h });
  }
  if (m.down) {
    if (pitch < w + 8 || m.gap < h + 8) return null;
    return ({ out }) => ({ x: out.x + w / 2 + 7, y: out.y + h / 2 + 4, w, h });
  }
  if (m.gap < w + 10) return null;
  return ({ out }) => ({ x: out.x + w / 2 + 7, y: out.y - h / 2 - 9, w, h });
}

/**
 * Reserves room for dL/da at every unit and for values and gradients on edges.
 * @param {Trace} trace
 * @param {Layout} layout
 * @param {Measures} m
 */
function placeNumbers(trace, layout, m) {
  const size = typeSize(12, m.scale);
  const h = size + 8;
  const taken = [...layout.units.values()].map(({ x, y, w, h: tall }) => ({ x, y, w, h: tall }));
  taken.push(layout.loss);
  for (const units of layout.layers) {
    const w = textWidth("\u03a3 +0.0123", size) + 4;
    const { pitch, form } = m.columns[units[0].layer];
    const place = placeTag(units[0], { w, h }, m, pitch, form);
    if (!place) continue;
    for (const unit of units) {
      unit.tag = place(unit);
      taken.push(unit.tag);
    }
  }
  foldBiases(layout, taken);
  const bounds = { x: layout.width / 2, y: layout.height / 2, w: layout.width - 8, h: layout.height - 8 };
  for (let layer = 1; layer < trace.layers.length; layer++) {
    const edges = layout.edges.filter((edge) => edge.layer === layer);
    const longest = Math.max(...edges.map(({ index }) => trace.weights[index].label.length));
    const w = textWidth("0".repeat(longest + 7), size) + 10;
    placeChips(edges, taken, { w, h, bounds, down: m.down });
  }
}
