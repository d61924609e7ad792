/** How a race stands after some steps, in numbers and in words. */

import { formatNumber, toNumber } from "../number.js";

/** @typedef {import("../trace.js").Num} Num */
/** @typedef {{name: string, [option: string]: unknown}} Choice */
/** @typedef {{path: readonly (readonly Num[])[], losses: readonly Num[], reason: string}} Way */
/** @typedef {{lane: number, choice: Choice}} Racer a lane has its own color and shape */
/** @typedef {{name: string, label: string, schema: any}} Entry of the catalog */
/** @typedef {{lane: number, name: string, notes: string, way: Way}} Run */
/**
 * @typedef {object} Standing
 * @property {Run} run
 * @property {number} steps taken by then
 * @property {number} loss
 * @property {number | null} diverged the step that could not be taken, once it was tried
 */

/**
 * Names that tell racers apart, and their options.
 * @param {readonly Racer[]} racers
 * @param {readonly Entry[]} entries
 * @returns {{name: string, notes: string}[]}
 */
export function nameRacers(racers, entries) {
  const found = racers.map(({ choice }) => {
    const entry = entries.find(({ name }) => name === choice.name);
    const properties = entry?.schema.properties ?? {};
    const options = Object.keys(properties).filter((option) => option !== "learning_rate" && choice[option] !== undefined && choice[option] !== properties[option].default);
    const others = options.map((option) => (choice[option] === true ? properties[option].title : `${properties[option].title} ${formatNumber(Number(choice[option]), { digits: 6 })}`));
    const rate = formatNumber(Number(choice.learning_rate ?? properties.learning_rate?.default), { digits: 6 });
    return { label: entry?.label ?? choice.name, others, rate };
  });
  return found.map(({ label, others, rate }, i) => {
    const alike = found.filter((other) => other.label === label);
    const own = others[0] ?? "plain";
    const unique = alike.filter((other) => (other.others[0] ?? "plain") === own).length === 1;
    const same = found.slice(0, i).filter((other) => other.label === label && other.rate === rate).length;
    const detail = unique ? own : same ? `${rate}, no. ${same + 1}` : rate;
    const name = alike.length === 1 || (unique && own === "plain") ? label : `${label} (${detail})`;
    return { name, notes: [`learning rate ${rate}`, ...others].join(", ") };
  });
}

/** How many steps a way has. @param {Way} way */
export function countSteps({ path }) {
  return Math.max(0, path.length - 1);
}

/**
 * Who is where after so many steps: the lowest loss first, those that diverged last.
 * @param {readonly Run[]} runs
 * @param {number} step
 * @returns {Standing[]}
 */
export function rank(runs, step) {
  const standings = runs.map((run) => {
    const steps = Math.min(step, countSteps(run.way));
    const failed = run.way.reason === "diverged" && step > countSteps(run.way);
    return { run, steps, loss: toNumber(run.way.losses[steps]), diverged: failed ? countSteps(run.way) + 1 : null };
  });
  const order = (/** @type {Standing} */ { diverged, loss }) => (diverged !== null || Number.isNaN(loss) ? Infinity : loss);
  return standings.sort((a, b) => compare(order(a), order(b)) || (b.diverged ?? 0) - (a.diverged ?? 0) || a.run.lane - b.run.lane);
}

/** @param {number} a @param {number} b */
function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * One sentence for the moment.
 * @param {readonly Run[]} runs
 * @param {number} step
 */
export function tellMoment(runs, step) {
  if (runs.length === 0) return "Add an optimizer to race.";
  const ranked = rank(runs, step);
  if (step === 0) return `${runs.length === 1 ? "It stands" : "All stand"} at the start, where the loss is ${formatNumber(ranked[0].loss)}. Press play.`;
  const going = ranked.filter(({ diverged }) => diverged === null);
  const gone = ranked.filter(({ diverged }) => diverged !== null);
  const [first, ...others] = going;
  const lead = first ? `${first.run.name} is ${others.length ? "lowest, at" : "at a loss of"} ${formatNumber(first.loss)}` : "";
  const behind = others.length > 1 ? `then ${others[0].run.name} at ${formatNumber(others[0].loss)}, and ${others.at(-1)?.run.name} is highest at ${formatNumber(others.at(-1)?.loss)}` : others.length ? `then ${others[0].run.name} at ${formatNumber(others[0].loss)}` : "";
  const lost = gone.map(({ run, diverged }) => `${run.name} diverged at step ${diverged}`).join("; ");
  return `${[lead, behind].filter(Boolean).join("; ")}${lead && lost ? ". " : ""}${lost}.`;
}

/**
 * What there is to say about one racer, after its loss.
 * @param {Standing} standing
 * @param {readonly number[] | null} minimum
 */
export function tellStanding({ run, steps, loss, diverged }, minimum) {
  if (diverged !== null) return `diverged at step ${diverged}: the next point is not a number. A smaller learning rate keeps it.`;
  const [x, y] = run.way.path[steps].map(toNumber);
  const start = toNumber(run.way.losses[0]);
  if (minimum) {
    const distance = Math.hypot(x - minimum[0], y - minimum[1]);
    return distance < 5e-7 ? "at the minimum" : `${formatNumber(distance)} from the minimum`;
  }
  if (steps === 0) return "at the start";
  return loss > start ? "higher than the start" : `${formatNumber(start - loss)} lower than the start`;
}
