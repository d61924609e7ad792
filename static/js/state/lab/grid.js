/** A sweep as a person sets it: two options of the network, each over a range. Pure. */

import { formOf, requestOf, withSigma } from "./form.js";

/** @typedef {import("./form.js").Form} Form */
/** @typedef {import("./form.js").LabCatalog} LabCatalog */
/** @typedef {"depth" | "width" | "sigma_w" | "sigma_b" | "variance" | "activation" | "initializer"} AxisName */
/** @typedef {{name: AxisName, from: number, to: number, count: number}} AxisForm of names `from`, `to` and `count` have no part */
/** @typedef {{x: AxisForm, y: AxisForm, seeds: number}} SweepForm */
/** @typedef {{name: AxisName, label: string, named: boolean, values: number[], texts: string[]}} Axis */
/** @typedef {{form: Form, sweep: SweepForm}} Asked what a sweep was asked with */

/** @type {Record<AxisName, {label: string, named?: boolean, whole?: boolean, from: number, to: number, least: number}>} */
export const AXES = {
  depth: { label: "depth", whole: true, from: 4, to: 60, least: 2 },
  width: { label: "width", whole: true, from: 8, to: 128, least: 1 },
  sigma_w: { label: "\u03c3w", from: 0.4, to: 2.4, least: 0 },
  sigma_b: { label: "\u03c3b", from: 0, to: 1, least: 0 },
  variance: { label: "variance of the inputs", from: 0.1, to: 4, least: 1e-6 },
  activation: { label: "activation", named: true, from: 0, to: 0, least: 0 },
  initializer: { label: "initializer", named: true, from: 0, to: 0, least: 0 },
};
export const MOST_VALUES = 41;

/** @param {AxisName} name @param {number} [count] @returns {AxisForm} */
export function usualAxis(name, count = 11) {
  return { name, from: AXES[name].from, to: AXES[name].to, count };
}

/** Wide enough for theory, small enough for hundreds of trials. */
const BASE_WIDTH = 32;

/**
 * What a sweep starts from: the first classic without cures whose weights have a scale of their own.
 * @param {LabCatalog} catalog
 * @returns {Form}
 */
export function usualBase(catalog) {
  const scales = new Set(catalog.initializers.filter(({ sigma_w }) => sigma_w?.fan_in_power === 0 && sigma_w.power > 1).map(({ name }) => name));
  const forms = catalog.classics.map(formOf);
  const form = forms.find(({ initializer, residual, layer_norm }) => scales.has(initializer.name) && !residual && !layer_norm) ?? forms[0];
  return { ...form, width: BASE_WIDTH };
}

/** @type {SweepForm} */
export const USUAL_SWEEP = { x: usualAxis("sigma_w", 21), y: usualAxis("depth", 8), seeds: 3 };

/**
 * The values of an axis, evenly spaced; of names, their places in the catalog.
 * @param {AxisForm} axis
 * @param {LabCatalog} catalog
 * @returns {Axis}
 */
export function listValues({ name, from, to, count }, catalog) {
  const { label, named = false, whole, least } = AXES[name];
  if (named) {
    const entries = name === "activation" ? catalog.activations : catalog.initializers;
    return { name, label, named, values: entries.map((_, i) => i), texts: entries.map((entry) => entry.label) };
  }
  const most = Math.max(1, Math.min(MOST_VALUES, count));
  const spaced = Array.from({ length: most }, (_, i) => (most === 1 ? from : from + ((to - from) * i) / (most - 1)));
  const values = [...new Set(spaced.map((value) => Math.max(least, whole ? Math.round(value) : Number(value.toPrecision(4)))))];
  return { name, label, named, values, texts: values.map(String) };
}

/**
 * The body of the request; the first axis is x, and y changes fastest.
 * @param {Asked} asked
 * @param {LabCatalog} catalog
 */
export function sweepRequest({ form, sweep }, catalog) {
  const axes = [sweep.x, sweep.y];
  const has = (/** @type {AxisName} */ name) => axes.some((axis) => axis.name === name);
  // The scale of the weights should not hang on the width where both may change.
  const scaled = has("sigma_w") ? withSigma({ ...form, initializer: scalable(form, catalog) }, catalog, 1) : form;
  const { network, batch, inputs } = requestOf({ ...scaled, sigma_b: has("sigma_b") ? 1 : form.sigma_b }, catalog, { quick: true });
  return {
    network: { ...network, layers: [network.layers[0]] },
    repeat: form.depth,
    batch,
    inputs,
    seeds: sweep.seeds,
    grid: axes.map((axis) => writeAxis(listValues(axis, catalog), scaled, catalog)),
  };
}

/** @param {Form} form @param {LabCatalog} catalog */
function scalable(form, catalog) {
  const fits = catalog.initializers.filter(({ sigma_w }) => sigma_w?.fan_in_power === 0);
  const entry = fits.find(({ name }) => name === form.initializer.name) ?? fits[0];
  return { name: entry.name };
}

/** @param {Axis} axis @param {Form} form @param {LabCatalog} catalog */
function writeAxis({ name, label, values }, form, catalog) {
  const entry = catalog.initializers.find((one) => one.name === form.initializer.name);
  const rule = entry?.sigma_w;
  /** @type {Record<AxisName, {pointers: string[], values: unknown[]}>} */
  const written = {
    depth: { pointers: ["/repeat"], values },
    width: { pointers: ["/network/inputs", "/network/layers/*/units"], values },
    sigma_w: { pointers: [`/network/layers/*/initializer/${rule?.option}`], values: values.map((value) => value ** (rule?.power ?? 1)) },
    sigma_b: { pointers: ["/network/bias_initializer/std"], values },
    variance: { pointers: ["/inputs/variance"], values },
    activation: { pointers: ["/network/layers/*/activation"], values: values.map((i) => catalog.activations[i]?.name) },
    initializer: { pointers: ["/network/layers/*/initializer"], values: values.map((i) => catalog.initializers[i]?.name) },
  };
  // What the option holds may be a power of the scale; a table should not name one the other.
  return { name: name === "sigma_w" && rule?.power !== 1 ? String(rule?.option) : label, ...written[name] };
}

/**
 * The layers of one point of the grid, to be looked at alone.
 * @param {Asked} asked
 * @param {number} point
 * @param {LabCatalog} catalog
 * @returns {Form}
 */
export function formAt({ form, sweep }, point, catalog) {
  const [x, y] = [sweep.x, sweep.y].map((axis) => listValues(axis, catalog));
  const chosen = [{ axis: x, i: Math.floor(point / y.values.length) }, { axis: y, i: point % y.values.length }];
  let next = chosen.some(({ axis }) => axis.name === "sigma_w") ? { ...form, initializer: scalable(form, catalog) } : form;
  // The width first: the option that sets a scale may hang on it.
  chosen.sort((a, b) => Number(b.axis.name === "width") - Number(a.axis.name === "width"));
  for (const { axis, i } of chosen) {
    if (axis.name === "sigma_w") next = withSigma(next, catalog, axis.values[i]);
    else if (axis.name === "activation") next = { ...next, activation: { name: catalog.activations[i].name } };
    else if (axis.name === "initializer") next = { ...next, initializer: { name: catalog.initializers[i].name } };
    else next = { ...next, [axis.name]: axis.values[i] };
  }
  return next;
}

/** @param {any} given out of a link @returns {SweepForm} */
export function readSweepForm(given) {
  const axis = (/** @type {any} */ one, /** @type {AxisForm} */ usual) => {
    if (!Object.hasOwn(AXES, String(one?.name))) return usual;
    const base = usualAxis(one.name);
    const entries = ["from", "to", "count"].map((key) => [key, Number.isFinite(one[key]) ? one[key] : base[/** @type {"from"} */ (key)]]);
    return { ...base, ...Object.fromEntries(entries) };
  };
  return { x: axis(given?.x, USUAL_SWEEP.x), y: axis(given?.y, USUAL_SWEEP.y), seeds: Number.isInteger(given?.seeds) && given.seeds > 0 ? given.seeds : USUAL_SWEEP.seeds };
}
