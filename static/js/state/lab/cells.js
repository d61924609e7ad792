/** What is measured through time: one recurrent network per kind of cell, otherwise alike. Pure. */

/** @typedef {import("./form.js").LabCatalog} LabCatalog */
/**
 * @typedef {{steps: number, units: number, radius: number, truncate: number, batch: number,
 *   seeds: number, seed: number, variance: number}} TimeForm `truncate` is 0 where nothing is cut off
 */

/** @type {TimeForm} */
export const USUAL_TIME = { steps: 50, units: 32, radius: 1, truncate: 0, batch: 16, seeds: 4, seed: 0, variance: 0.01 };
/** Numbers that go in and out at every step. */
const PORTS = 4;

/**
 * The matrix of the state is drawn so that it stretches by `radius` in every direction: its
 * spectral radius then is that number exactly.
 * @param {LabCatalog} catalog
 * @param {number} radius
 */
function drawState(catalog, radius) {
  const entry = catalog.initializers.find(({ sigma_w }) => sigma_w?.power === 1 && sigma_w.fan_in_power === 0);
  return entry?.sigma_w ? { recurrent_initializer: { name: entry.name, [entry.sigma_w.option]: radius } } : {};
}

/**
 * A request per kind of cell.
 * @param {TimeForm} form
 * @param {LabCatalog} catalog
 * @param {{quick: boolean}} how
 * @returns {{name: string, label: string, body: object}[]}
 */
export function timeRequests(form, catalog, { quick }) {
  const { steps, units, radius, truncate, batch, seeds, seed, variance } = form;
  return catalog.cells.map(({ name, label }) => ({
    name,
    label,
    body: {
      network: { kind: "recurrent", inputs: PORTS, units, outputs: PORTS, cell: name, ...drawState(catalog, radius), ...(truncate > 0 && { truncate }), seed },
      time_steps: steps,
      batch,
      inputs: { variance },
      seeds: quick ? 1 : seeds,
      singular_values: false,
    },
  }));
}

/**
 * @param {any} given out of a link
 * @returns {TimeForm}
 */
export function readTimeForm(given) {
  const entries = Object.entries(USUAL_TIME).map(([name, usual]) => [name, Number.isFinite(given?.[name]) ? given[name] : usual]);
  return Object.fromEntries(entries);
}
