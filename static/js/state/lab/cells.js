/** What is measured through time: one recurrent network per kind of cell, otherwise alike. Pure. */

import { readChoice, sigmaOf, withSigma } from "./form.js";

/** @typedef {import("./form.js").LabCatalog} LabCatalog */
/** @typedef {import("../state.js").Choice} Choice */
/**
 * @typedef {{steps: number, units: number, activation: Choice, initializer: Choice, truncate: number,
 *   batch: number, seeds: number, seed: number, variance: number}} TimeForm the initializer is that of
 *   the state's matrix; `truncate` is 0 where nothing is cut off
 */

const USUAL = { steps: 50, units: 32, truncate: 0, batch: 16, seeds: 4, seed: 0, variance: 0.01 };
/** Numbers that go in and out at every step. */
const PORTS = 4;

/**
 * The activation is that of the catalog's first recurrent preset. The matrix of the state is drawn so
 * that it stretches in every direction by as much: its spectral radius then is that number exactly.
 * @param {LabCatalog} catalog
 * @returns {TimeForm}
 */
export function usualTime(catalog) {
  const preset = catalog.presets.find(({ network: { spec } }) => spec.kind === "recurrent");
  const activation = preset?.network.spec.activation ?? catalog.activations[0].name;
  const exact = catalog.initializers.find(({ sigma_w }) => sigma_w?.power === 1 && sigma_w.fan_in_power === 0);
  const form = { ...USUAL, activation: typeof activation === "string" ? { name: activation } : activation, initializer: { name: (exact ?? catalog.initializers[0]).name } };
  return exact ? withRadius(form, catalog, 1) : form;
}

/**
 * The spectral radius that the initializer's option asks for, in the limit of many units; null where
 * it has none.
 * @param {TimeForm} form
 * @param {LabCatalog} catalog
 */
export function radiusOf({ initializer, units }, catalog) {
  return sigmaOf({ initializer, width: units }, catalog);
}

/**
 * The form with that spectral radius, by an initializer that can be told it. A matrix of independent
 * entries of standard deviation sigma / sqrt(n) has spectral radius sigma as n grows (Ginibre 1965).
 * @param {TimeForm} form
 * @param {LabCatalog} catalog
 * @param {number} radius
 * @returns {TimeForm}
 */
export function withRadius(form, catalog, radius) {
  const { initializer } = withSigma({ initializer: form.initializer, width: form.units }, catalog, radius);
  return { ...form, initializer };
}

/**
 * A request per kind of cell.
 * @param {TimeForm} form
 * @param {LabCatalog} catalog
 * @param {{quick: boolean, stretch?: boolean}} how with few seeds; with singular values all the same
 * @returns {{name: string, label: string, body: object}[]}
 */
export function timeRequests(form, catalog, { quick, stretch = false }) {
  const { steps, units, activation, initializer, truncate, batch, seeds, seed, variance } = form;
  return catalog.cells.map(({ name, label }) => ({
    name,
    label,
    body: {
      network: { kind: "recurrent", inputs: PORTS, units, outputs: PORTS, cell: name, activation, recurrent_initializer: initializer, ...(truncate > 0 && { truncate }), seed },
      time_steps: steps,
      batch,
      inputs: { variance },
      seeds: quick ? 1 : seeds,
      singular_values: stretch || !quick,
    },
  }));
}

/**
 * @param {any} given out of a link
 * @param {LabCatalog} catalog
 * @returns {TimeForm}
 */
export function readTimeForm(given, catalog) {
  const usual = usualTime(catalog);
  const numbers = Object.entries(USUAL).map(([name, value]) => [name, Number.isFinite(given?.[name]) ? given[name] : value]);
  const activation = readChoice(given?.activation, catalog.activations) ?? usual.activation;
  const initializer = readChoice(given?.initializer, catalog.initializers) ?? usual.initializer;
  const form = { ...usual, ...Object.fromEntries(numbers), activation, initializer };
  return given?.initializer === undefined && given?.radius >= 0 && Number.isFinite(given.radius) ? withRadius(form, catalog, given.radius) : form;
}
