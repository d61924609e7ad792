/**
 * What there is to say about one number: pure, from the trace. Every value comes from the trace;
 * only how the rule is written is decided here.
 */

import { formatNumber, toNumber } from "../layout/number.js";

/** @typedef {import("../layout/trace.js").UnitsTrace} Trace */
/** @typedef {import("../layout/trace.js").UnitView} UnitView */
/** @typedef {import("../layout/trace.js").WeightView} WeightView */
/** @typedef {import("../layout/trace.js").Num} Num */
/** @typedef {{kind: string, layer: number | null, beat?: number}} Moment when a number is known: a beat by what it is or by its index */
/** @typedef {{latex: string, value: Num | null, at: Moment, sign?: boolean, strong?: boolean, id: string}} Row */
/** @typedef {{symbols: string, numbers: string, at: Moment}} Rule */
/** @typedef {{values: Num[], at: Moment}} Contributions */
/**
 * @typedef {object} Account
 * @property {string} kind
 * @property {string} latex the symbol of the number in focus
 * @property {Num | null} value null where it is more than one number
 * @property {Moment} at
 * @property {string} note where it stands
 * @property {Rule[]} rules
 * @property {Row[]} rows
 * @property {{latex: string, before: Num, grad: Num, after: Num, delta: Num, kept: [string, Num][]} | null} update
 * @property {{latex: string, rows: Num[][], at: Moment}[]} [grids] what is more than one number
 * @property {Contributions | null} contributions of the samples to the gradient
 */

const MOST_TERMS = 4;
export const derivative = (/** @type {string} */ of, /** @type {string} */ by) => `\\frac{\\partial ${of}}{\\partial ${by}}`;
export const mark = (/** @type {string} */ id, /** @type {string} */ latex) => `\\htmlData{id=${id}}{${latex}}`;
export const pill = (/** @type {string} */ tone, /** @type {string} */ id, /** @type {Num | null} */ value) =>
  `\\htmlClass{pill ${tone}}{${mark(id, write(value))}}`;

/**
 * The account of what `id` stands for, or null when there is no such thing in the trace.
 * @param {Trace} trace
 * @param {string} id
 * @returns {Account | null}
 */
export function giveAccount(trace, id) {
  const weight = trace.weights.find((entry) => entry.id === id);
  if (weight) return ofWeight(trace, weight);
  const unit = trace.units.find((entry) => entry.id === id);
  if (unit) return unit.layer === 0 ? ofInput(trace, unit) : ofUnit(trace, unit);
  const owner = trace.units.find((entry) => entry.bias_id === id);
  if (owner) return ofBias(trace, owner);
  const target = /^y\[(\d+)\]$/.exec(id);
  if (target && Number(target[1]) < trace.targets[0].length) return ofTarget(trace, Number(target[1]));
  return id === "loss" ? ofLoss(trace) : null;
}

/**
 * Whether the playhead has passed the beat in which a number becomes known.
 * @param {Pick<Trace, "beats">} trace
 * @param {number} playhead
 * @param {Moment} at
 */
export function isReached(trace, playhead, { kind, layer, beat }) {
  if (kind === "given") return true;
  const index = beat ?? trace.beats.findIndex((beat) => beat.kind === kind && (layer === null || beat.layer === layer));
  return index >= 0 && playhead >= index + 1;
}

/** @param {Trace} trace @param {WeightView} weight @returns {Account} */
function ofWeight(trace, weight) {
  const unit = find(trace, weight.to);
  const source = find(trace, weight.from);
  const chain = gradientChain(trace, unit, weight.latex, weight.id, source.id, source.a);
  const many = trace.batch > 1;
  const own = weight.contributions?.[trace.sample] ?? null;
  return {
    kind: "Weight",
    latex: weight.latex,
    value: weight.value,
    at: { kind: "given", layer: null },
    note: `from ${source.label} to ${unit.label}`,
    rules: [chain.rule(many ? own : weight.grad, many)],
    rows: [
      ...chain.rows,
      { latex: derivative(zOf(unit), weight.latex) + `= ${source.latex_a}`, value: source.a, at: valueMoment(source), id: source.id },
      ...(many ? [{ latex: "\\text{this sample}", value: own, at: chain.at, sign: true, id: weight.id }] : []),
      { latex: many ? `${derivative("L", weight.latex)} = \\textstyle\\sum_n` : derivative("L", weight.latex), value: weight.grad, at: chain.at, sign: true, strong: true, id: weight.id },
    ],
    update: weight.after === null ? null : updateOf(trace, weight.id, weight.latex, weight.value, weight.grad, weight.after, weight.delta),
    contributions: many && weight.contributions ? { values: weight.contributions, at: chain.at } : null,
  };
}

/** @param {Trace} trace @param {UnitView} unit @returns {Account} */
function ofBias(trace, unit) {
  const id = unit.bias_id ?? "";
  const symbol = unit.latex_bias ?? "b";
  const shared = trace.units.filter((entry) => entry.bias_id === id);
  const at = { kind: "weights", layer: unit.layer };
  const many = trace.batch > 1;
  const own = unit.bias_contributions?.[trace.sample] ?? null;
  const value = many ? own : unit.grad_bias;
  const left = many ? `\\left.${derivative("L", symbol)}\\right|_n` : derivative("L", symbol);
  const symbols = shared.length > 1 ? `\\sum_j ${derivative("L", "z_j")}` : `${mark(unit.id, derivative("L", zOf(unit)))} \\cdot 1`;
  const numbers = shared.slice(0, MOST_TERMS).map((entry) => pill("backward", entry.id, entry.grad_z)).join(" + ");
  return {
    kind: "Bias",
    latex: symbol,
    value: unit.bias ?? "NaN",
    at: { kind: "given", layer: null },
    note: shared.length > 1 ? `shared by layer ${unit.layer}` : `of ${unit.label}`,
    rules: [{ symbols: `${mark(id, left)} = ${symbols}`, numbers: `${write(value)} = ${numbers}${shared.length > MOST_TERMS ? " + \\cdots" : ""}`, at }],
    rows: [
      { latex: derivative("L", zOf(unit)), value: unit.grad_z, at: { kind: "slope", layer: unit.layer }, sign: true, id: unit.id },
      { latex: many ? `${derivative("L", symbol)} = \\textstyle\\sum_n` : derivative("L", symbol), value: unit.grad_bias, at, sign: true, strong: true, id },
    ],
    update: unit.bias_after === null || unit.bias_after === undefined ? null : updateOf(trace, id, symbol, unit.bias ?? 0, unit.grad_bias ?? 0, unit.bias_after, unit.bias_delta),
    contributions: many && unit.bias_contributions ? { values: unit.bias_contributions, at } : null,
  };
}

/** @param {Trace} trace @param {UnitView} unit @returns {Account} */
function ofUnit(trace, unit) {
  const incoming = trace.weights.filter(({ to }) => to === unit.id);
  const outgoing = trace.weights.filter(({ from }) => from === unit.id);
  const layer = trace.layers[unit.layer];
  const linear = { kind: "linear", layer: unit.layer };
  const activation = { kind: "activation", layer: unit.layer };
  const slope = { kind: "slope", layer: unit.layer };
  const bias = unit.bias_id ? [mark(unit.bias_id, unit.latex_bias ?? "b")] : [];
  const biasNumber = unit.bias_id ? [mark(unit.bias_id, factor(unit.bias))] : [];
  const products = sum(incoming, (w) => `${mark(w.id, w.latex)}\\,${mark(w.from, find(trace, w.from).latex_a)}`, bias);
  const productNumbers = sum(incoming, (w) => `${mark(w.id, factor(w.value))} \\cdot ${mark(w.from, factor(find(trace, w.from).a))}`, biasNumber);
  const z = zOf(unit);
  const bent = layer.latex && layer.elementwise ? layer.latex.replaceAll("z", z) : `\\text{share of } ${z}`;
  /** @type {Rule[]} */
  const rules = [
    { symbols: `${z} = ${products}`, numbers: `${write(unit.z)} = ${productNumbers}`, at: linear },
    { symbols: `${unit.latex_a} = ${bent}`, numbers: `${unit.latex_a} = ${write(unit.a)}`, at: activation },
  ];
  if (outgoing.length) {
    rules.push({
      symbols: `${derivative("L", unit.latex_a)} = ${sum(outgoing, (w) => `${mark(w.id, w.latex)} \\cdot ${mark(w.to, derivative("L", zOf(find(trace, w.to))))}`)}`,
      numbers: `${write(unit.grad_a)} = ${sum(outgoing, (w) => `${mark(w.id, factor(w.value))} \\cdot ${mark(w.to, factor(find(trace, w.to).grad_z))}`)}`,
      at: { kind: "messages", layer: unit.layer + 1 },
    });
  }
  if (unit.slope !== null) {
    rules.push({
      symbols: `${derivative("L", z)} = ${derivative("L", unit.latex_a)} \\cdot ${derivative(unit.latex_a, z)}`,
      numbers: `${write(unit.grad_z)} = ${pill("backward", unit.id, unit.grad_a)} \\cdot ${pill("loss", unit.id, unit.slope)}`,
      at: slope,
    });
  }
  return {
    kind: "Unit",
    latex: unit.latex_a,
    value: unit.a,
    at: activation,
    note: unit.label,
    rules,
    rows: [
      { latex: z, value: unit.z, at: linear, id: unit.id },
      { latex: unit.latex_a, value: unit.a, at: activation, id: unit.id },
      { latex: derivative("L", unit.latex_a), value: unit.grad_a, at: gradientMoment(trace, unit), sign: true, id: unit.id },
      ...(unit.slope === null ? [] : [{ latex: `${derivative(unit.latex_a, z)}`, value: unit.slope, at: slope, id: unit.id }]),
      { latex: derivative("L", z), value: unit.grad_z, at: slope, sign: true, strong: true, id: unit.id },
    ],
    update: null,
    contributions: null,
  };
}

/** @param {Trace} trace @param {UnitView} unit @returns {Account} */
function ofInput(trace, unit) {
  const outgoing = trace.weights.filter(({ from }) => from === unit.id);
  const at = { kind: "messages", layer: 1 };
  const terms = sum(outgoing, (w) => `${mark(w.id, w.latex)} \\cdot ${mark(w.to, derivative("L", zOf(find(trace, w.to))))}`);
  const numbers = sum(outgoing, (w) => `${mark(w.id, factor(w.value))} \\cdot ${mark(w.to, factor(find(trace, w.to).grad_z))}`);
  return {
    kind: "Input",
    latex: unit.latex_a,
    value: unit.a,
    at: { kind: "inputs", layer: null },
    note: trace.batch > 1 ? `of sample ${trace.sample + 1}` : "of the sample",
    rules: [{ symbols: `${derivative("L", unit.latex_a)} = ${terms}`, numbers: `${write(unit.grad_a)} = ${numbers}`, at }],
    rows: [{ latex: derivative("L", unit.latex_a), value: unit.grad_a, at, sign: true, strong: true, id: unit.id }],
    update: null,
    contributions: null,
  };
}

/** @param {Trace} trace @param {number} k @returns {Account} */
function ofTarget(trace, k) {
  const outputs = trace.units.filter(({ layer }) => layer === trace.layers.length - 1);
  const symbol = outputs.length === 1 ? "y" : `y_{${k + 1}}`;
  return {
    kind: "Target",
    latex: symbol,
    value: trace.targets[trace.sample][k],
    at: { kind: "given", layer: null },
    note: "what the output should be",
    rules: [],
    rows: [
      { latex: outputs[k].latex_a, value: outputs[k].a, at: valueMoment(outputs[k]), id: outputs[k].id },
      { latex: derivative("L", outputs[k].latex_a), value: outputs[k].grad_a, at: gradientMoment(trace, outputs[k]), sign: true, strong: true, id: outputs[k].id },
    ],
    update: null,
    contributions: null,
  };
}

/** @param {Trace} trace @returns {Account} */
function ofLoss(trace) {
  const beat = trace.beats.find(({ kind }) => kind === "loss");
  const gradient = trace.beats.find(({ kind }) => kind === "loss_gradient");
  const at = { kind: "loss", layer: null };
  const outputs = trace.units.filter(({ layer }) => layer === trace.layers.length - 1);
  return {
    kind: "Loss",
    latex: "L",
    value: trace.loss,
    at,
    note: trace.batch > 1 ? `over ${trace.batch} samples` : "of the sample",
    rules: [
      ...(beat ? [{ symbols: beat.latex, numbers: beat.latex_numbers, at }] : []),
      ...(gradient ? [{ symbols: gradient.latex, numbers: gradient.latex_numbers, at: { kind: "loss_gradient", layer: null } }] : []),
    ],
    rows: [
      ...(trace.batch > 1 ? [{ latex: "L_n", value: trace.sample_loss, at, id: "loss" }] : []),
      ...outputs.slice(0, 8).map((unit) => ({ latex: derivative("L", unit.latex_a), value: unit.grad_a, at: { kind: "loss_gradient", layer: null }, sign: true, id: unit.id })),
      ...(trace.loss_after === null ? [] : [{ latex: "L_{\\text{after}}", value: trace.loss_after, at: { kind: "afterwards", layer: null }, strong: true, id: "loss" }]),
    ],
    update: null,
    contributions: null,
  };
}

/**
 * The chain rule to a weight.
 * @param {Trace} trace
 * @param {UnitView} unit
 * @param {string} symbol
 * @param {string} id
 * @param {string} throughId
 * @param {Num} throughValue
 */
function gradientChain(trace, unit, symbol, id, throughId, throughValue) {
  const z = zOf(unit);
  const at = { kind: "weights", layer: unit.layer };
  const slope = { kind: "slope", layer: unit.layer };
  const bent = unit.slope !== null;
  const symbols = bent
    ? [mark(unit.id, derivative("L", unit.latex_a)), mark(unit.id, derivative(unit.latex_a, z)), mark(throughId, derivative(z, symbol))]
    : [mark(unit.id, derivative("L", z)), mark(throughId, derivative(z, symbol))];
  const numbers = bent
    ? [pill("backward", unit.id, unit.grad_a), pill("loss", unit.id, unit.slope), pill("forward", throughId, throughValue)]
    : [pill("backward", unit.id, unit.grad_z), pill("forward", throughId, throughValue)];
  /** @type {Row[]} */
  const rows = bent
    ? [
        { latex: derivative("L", unit.latex_a), value: unit.grad_a, at: gradientMoment(trace, unit), id: unit.id },
        { latex: derivative(unit.latex_a, z), value: unit.slope, at: slope, id: unit.id },
      ]
    : [{ latex: derivative("L", z), value: unit.grad_z, at: slope, id: unit.id }];
  return {
    at,
    rows,
    /** @param {Num | null} value @param {boolean} many @returns {Rule} */
    rule: (value, many) => ({
      symbols: `${mark(id, many ? `\\left.${derivative("L", symbol)}\\right|_n` : derivative("L", symbol))} = ${symbols.join(" \\cdot ")}`,
      numbers: `${mark(id, write(value, true))} = ${numbers.join(" \\cdot ")}`,
      at,
    }),
  };
}

/**
 * @param {Pick<Trace, "updates">} trace @param {string} id @param {string} latex
 * @param {Num} before @param {Num} grad @param {Num} after @param {Num | null} delta
 */
export function updateOf(trace, id, latex, before, grad, after, delta) {
  const [, name, place] = /^([^[]+)(.*)$/.exec(id) ?? [];
  const indices = [...place.matchAll(/\d+/g)].map(Number);
  const known = new Set(["before", "grad", "after", "delta"]);
  /** @type {[string, Num][]} */
  const kept = Object.entries(trace.updates[name] ?? {})
    .filter(([key]) => !known.has(key))
    .map(([key, value]) => [key, [indices.reduce((/** @type {any} */ rest, index) => rest[index], value)].flat(Infinity)[0]]);
  return { latex, before, grad, after, delta: delta ?? 0, kept };
}

/** When a unit's activation is known. @param {UnitView} unit @returns {Moment} */
function valueMoment(unit) {
  return unit.layer === 0 ? { kind: "inputs", layer: null } : { kind: "activation", layer: unit.layer };
}

/** When dL/da of a unit is known. @param {Trace} trace @param {UnitView} unit @returns {Moment} */
function gradientMoment(trace, unit) {
  return unit.layer === trace.layers.length - 1 ? { kind: "loss_gradient", layer: null } : { kind: "messages", layer: unit.layer + 1 };
}

/**
 * A sum, shortened in the middle.
 * @template T
 * @param {T[]} entries @param {(entry: T) => string} write @param {string[]} [rest]
 */
function sum(entries, write, rest = []) {
  const shown = entries.length > MOST_TERMS ? [...entries.slice(0, MOST_TERMS - 2).map(write), "\\cdots", write(entries[entries.length - 1])] : entries.map(write);
  return [...shown, ...rest].join(" + ");
}

/** @param {Trace} trace @param {string} id @returns {UnitView} */
function find(trace, id) {
  const unit = trace.units.find((entry) => entry.id === id);
  if (!unit) throw new Error(`no unit ${id}`);
  return unit;
}

/** @param {UnitView} unit */
function zOf(unit) {
  return unit.latex_z ?? "z";
}

/** A number in LaTeX. @param {Num | null} value @param {boolean} [sign] */
export function write(value, sign = false) {
  const text = formatNumber(value, { digits: 4, sign });
  if (text.includes("NaN")) return "\\text{NaN}";
  const [mantissa, exponent] = text.replaceAll("\u2212", "-").replace("∞", "\\infty ").split("e");
  return exponent === undefined ? mantissa : `${mantissa} \\cdot 10^{${exponent}}`;
}

/** @param {Num | null} value */
function factor(value) {
  return toNumber(value) < 0 ? `(${write(value)})` : write(value);
}
