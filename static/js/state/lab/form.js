/** What is measured, as a person sets it: layers that are all alike. Pure. */

/** @typedef {import("../state.js").Choice} Choice */
/** @typedef {{option: string, power: number, fan_in_power: number}} SigmaRule */
/** @typedef {import("../state.js").CatalogEntry & {sigma_w: SigmaRule | null}} InitializerEntry */
/** @typedef {{name: string, title: string, summary: string, depth: number, layer: any}} Classic */
/**
 * @typedef {{activations: import("../state.js").CatalogEntry[], initializers: InitializerEntry[],
 *   cells: import("../state.js").CatalogEntry[], presets: import("../state.js").Preset[], classics: Classic[], limits: Record<string, number>}} LabCatalog
 */
/**
 * @typedef {{depth: number, width: number, activation: Choice, initializer: Choice, sigma_b: number,
 *   residual: boolean, layer_norm: boolean, batch: number, seeds: number, seed: number,
 *   distribution: string, variance: number}} Form
 */

/** What a classic leaves open. */
const USUAL = { sigma_b: 0, batch: 32, seeds: 8, seed: 0, distribution: "normal", variance: 1 };
/** Seeds of a quick answer, while a hand moves. */
const FEW = 2;
/** The bias is drawn by the first initializer with such an option. */
const STD = "std";

/** @param {Classic} classic @returns {Form} */
export function formOf({ depth, layer }) {
  const { units, activation, initializer, residual, layer_norm } = layer;
  return { ...USUAL, depth, width: units, activation: asChoice(activation), initializer: asChoice(initializer), residual, layer_norm };
}

/** A choice without options may be its name alone. @param {string | Choice} given @returns {Choice} */
function asChoice(given) {
  return typeof given === "string" ? { name: given } : given;
}

/**
 * The body of the request.
 * @param {Form} form
 * @param {LabCatalog} catalog
 * @param {{quick: boolean, stretch?: boolean}} how with few seeds and without singular values; with
 *   these all the same
 */
export function requestOf(form, catalog, { quick, stretch = false }) {
  const { depth, width, activation, initializer, residual, layer_norm } = form;
  const layer = { units: width, activation, initializer, residual, layer_norm };
  const drawn = catalog.initializers.find(({ schema }) => STD in schema.properties);
  const bias = form.sigma_b > 0 && drawn ? { bias_initializer: { name: drawn.name, [STD]: form.sigma_b } } : {};
  return {
    network: { kind: "dense", inputs: width, layers: Array.from({ length: depth }, () => layer), ...bias, seed: form.seed },
    batch: form.batch,
    inputs: { distribution: form.distribution, variance: form.variance },
    seeds: quick ? Math.min(FEW, form.seeds) : form.seeds,
    singular_values: stretch || !quick,
  };
}

/**
 * The spread of a weighted sum that the initializer's option asks for; null where it has none.
 * @param {Pick<Form, "initializer" | "width">} form
 * @param {LabCatalog} catalog
 */
export function sigmaOf({ initializer, width }, catalog) {
  const entry = catalog.initializers.find(({ name }) => name === initializer.name);
  if (!entry?.sigma_w) return null;
  const { option, power, fan_in_power } = entry.sigma_w;
  const value = Number(initializer[option] ?? entry.schema.properties[option].default);
  return round(Math.abs(value / width ** fan_in_power) ** (1 / power));
}

/**
 * The form with that spread, by an initializer that can be told it.
 * @template {Pick<Form, "initializer" | "width">} F
 * @param {F} form
 * @param {LabCatalog} catalog
 * @param {number} sigma
 * @returns {F}
 */
export function withSigma(form, catalog, sigma) {
  const own = catalog.initializers.find(({ name, sigma_w }) => sigma_w && name === form.initializer.name);
  const entry = own ?? catalog.initializers.find(({ sigma_w }) => sigma_w);
  if (!entry?.sigma_w) return form;
  const { option, power, fan_in_power } = entry.sigma_w;
  const value = sigma ** power * form.width ** fan_in_power;
  const kept = own ? form.initializer : { name: entry.name };
  return { ...form, initializer: { ...kept, [option]: value } };
}

/**
 * A form out of a link: what fits is taken, what does not is as usual.
 * @param {any} given
 * @param {LabCatalog} catalog
 * @returns {Form | null} null where it is no form at all
 */
export function readForm(given, catalog) {
  if (typeof given !== "object" || given === null) return null;
  const base = formOf(catalog.classics[0]);
  const entries = Object.entries(base).map(([name, usual]) => {
    const value = given[name];
    if (name === "activation") return [name, readChoice(value, catalog.activations) ?? usual];
    if (name === "initializer") return [name, readChoice(value, catalog.initializers) ?? usual];
    const fits = typeof value === typeof usual && (typeof value !== "number" || Number.isFinite(value));
    return [name, fits ? value : usual];
  });
  return Object.fromEntries(entries);
}

/** @param {any} value @param {import("../state.js").CatalogEntry[]} entries @returns {Choice | null} */
export function readChoice(value, entries) {
  return entries.some(({ name }) => name === value?.name) ? value : null;
}

/** Eight digits: a root should not show what binary makes of it. @param {number} value */
function round(value) {
  return Number(value.toPrecision(8));
}
