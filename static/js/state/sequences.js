/** Pure edits of a question about a recurrent network, whose samples are sequences. */

/** @typedef {import("./state.js").Question} Question */
/** @typedef {(row: number[]) => number[]} Fit makes a target one that the loss can take */

const ENTRY = /^time(\d+)\.([xy])\[(\d+)\]$/;

/** @param {any} spec */
export function isRecurrent(spec) {
  return spec.kind === "recurrent";
}

/**
 * The question with one number of the sample's sequence changed.
 * @param {Question} question
 * @param {string} id such as `time1.x[0]` or `time5.y[0]`
 * @param {number} value
 * @returns {Question | null} null where it is no number of a sequence
 */
export function withEntry(question, id, value) {
  const place = ENTRY.exec(id);
  if (!place) return null;
  const [, time, letter, index] = place;
  const key = letter === "x" ? "inputs" : "targets";
  const own = question[key][question.sample];
  const put = (/** @type {number[]} */ row) => row.with(Number(index), value);
  const alone = letter === "y" && isJudgedLast(question.network.spec);
  const after = alone ? put(own) : own.with(Number(time) - 1, put(own[Number(time) - 1]));
  return { ...question, [key]: question[key].with(question.sample, after) };
}

/**
 * The question for another spec: parameters whose shape and origin are unchanged stay, the others
 * are left for the seed to draw.
 * @param {Question} question
 * @param {any} spec
 * @param {Fit} fit
 * @returns {Question}
 */
export function withRecurrentSpec(question, spec, fit) {
  const { network, inputs, targets } = question;
  const { spec: old, parameters = {} } = network;
  const rows = parameters["cell.weight_hh"]?.length;
  // How many gates a cell has is for the server to say; while it is the same cell it has as many.
  const gates = spec.cell === old.cell && rows ? rows / old.units : NaN;
  const [shapes, origins, before] = [shapesOf(spec, gates), originsOf(spec), originsOf(old)];
  const kept = Object.entries(parameters).filter(([name, value]) => {
    const fits = JSON.stringify(measure(value)) === JSON.stringify(shapes[name]);
    return fits && origins[name] === before[name];
  });
  const redrawn = spec.seed !== old.seed;
  return {
    ...question,
    preset: null,
    network: { ...network, spec, parameters: redrawn ? {} : Object.fromEntries(kept), optimizer_state: null, step: 0 },
    inputs: inputs.map((/** @type {number[][]} */ steps) => steps.map((row) => resize(row, spec.inputs))),
    targets: targets.map((/** @type {any} */ target) => {
      const all = spreadTarget(target, old, inputs[0].length).map((row) => fit(resize(row, spec.outputs)));
      return isJudgedLast(spec) ? all[all.length - 1] : all;
    }),
  };
}

/**
 * The question for sequences of so many steps: cut at their end, or going on with zeros.
 * @param {Question} question
 * @param {number} steps
 * @param {Fit} fit
 * @returns {Question}
 */
export function withSteps(question, steps, fit) {
  const { spec } = question.network;
  const resizeAll = (/** @type {number[][]} */ rows, /** @type {() => number[]} */ make) => Array.from({ length: steps }, (_, t) => rows[t] ?? make());
  const inputs = question.inputs.map((/** @type {number[][]} */ rows) => resizeAll(rows, () => resize([], spec.inputs)));
  if (isJudgedLast(spec)) return { ...question, preset: null, inputs };
  const targets = question.targets.map((/** @type {number[][]} */ rows) => resizeAll(rows, () => fit(resize([], spec.outputs))));
  return { ...question, preset: null, inputs, targets };
}

/** Whether only the last time step has a target. @param {any} spec */
export function isJudgedLast(spec) {
  return (spec.loss_at ?? "last") === "last";
}

/** A target for every step, as they were or the only one again. @param {any} target @param {any} spec @param {number} steps @returns {number[][]} */
function spreadTarget(target, spec, steps) {
  return isJudgedLast(spec) ? Array.from({ length: steps }, () => target) : target;
}

/** @param {any} spec @param {number} gates @returns {Record<string, number[]>} */
function shapesOf({ inputs, units, outputs }, gates) {
  return {
    "cell.weight_ih": [gates * units, inputs],
    "cell.weight_hh": [gates * units, units],
    "cell.bias": [gates * units],
    "output.weight": [outputs, units],
    "output.bias": [outputs],
  };
}

/** What a parameter is drawn by. @param {any} spec @returns {Record<string, string>} */
function originsOf({ initializer, recurrent_initializer: recurrent, bias_initializer: bias }) {
  return {
    "cell.weight_ih": JSON.stringify(initializer),
    "cell.weight_hh": JSON.stringify(recurrent),
    "cell.bias": JSON.stringify(bias ?? recurrent),
    "output.weight": JSON.stringify(initializer),
    "output.bias": JSON.stringify(bias ?? initializer),
  };
}

/** @param {any} value @returns {number[]} */
function measure(value) {
  return Array.isArray(value) ? [value.length, ...measure(value[0])] : [];
}

/** @param {number[]} row @param {number} length */
function resize(row, length) {
  return Array.from({ length }, (_, i) => row[i] ?? 0);
}
