/** What the page knows: a flat set of signals. Panels read them; only the store writes them. */

import { signal } from "@preact/signals-core";

/** @typedef {import("../layout/trace.js").Trace} Trace */
/** @typedef {import("../layout/trace.js").Reading} Reading */
/**
 * @typedef {{spec: any, parameters?: Record<string, any>, trainable?: Record<string, boolean>,
 *   optimizer_state?: any, step?: number}} NetworkDocument
 */
/** @typedef {{name: string, [option: string]: unknown}} Choice */
/** @typedef {{pointer: string, detail: string, code: string, position?: number, length?: number}} ProblemEntry */
/** @typedef {{title: string, detail: string, errors: ProblemEntry[]}} Problem */
/** @typedef {{name: string, label: string, summary: string, latex: string, schema: any}} CatalogEntry */
/**
 * @typedef {{name: string, title: string, summary: string, network: NetworkDocument,
 *   inputs: any, targets: any, optimizer: Choice}} Preset
 */
/**
 * @typedef {{activations: CatalogEntry[], losses: (CatalogEntry & {targets: string})[],
 *   optimizers: CatalogEntry[], initializers: CatalogEntry[], cells: CatalogEntry[], functions: CatalogEntry[],
 *   presets: Preset[],
 *   limits: Record<string, number>}} Catalog
 */

/**
 * Everything that the trace is computed from. Inputs and targets are rows of numbers, of a recurrent
 * network sequences of them; those of an expression are values by name, without targets.
 * @typedef {{network: NetworkDocument, inputs: any, targets: any, optimizer: Choice,
 *   sample: number, preset: string | null}} Question
 */

/**
 * @param {{catalog: Catalog, trace: Trace, preset: Preset}} first
 */
export function createState({ catalog, trace, preset }) {
  return {
    catalog,
    network: signal(/** @type {NetworkDocument} */ (trace.network)),
    inputs: signal(preset.inputs),
    targets: signal(preset.targets),
    optimizer: signal(preset.optimizer),
    sample: signal(trace.sample),
    preset: signal(/** @type {string | null} */ (preset.name)),
    /** Counts the questions asked; an effect answers each with a trace. */
    asked: signal(0),
    trace: signal(/** @type {Trace} */ (trace)),
    /** What the trace was asked to show. */
    reading: signal(/** @type {Reading} */ (trace.units ? "units" : trace.layers ? "time" : "nodes")),
    /** What is done to gradients before the optimizer sees them. */
    adjustment: signal(/** @type {Record<string, unknown>} */ ({})),
    problem: signal(/** @type {Problem | null} */ (null)),
    pending: signal(false),
    playhead: signal(Math.min(1, trace.beats.length)),
    playing: signal(false),
    speed: signal(1),
    loop: signal(false),
    selection: signal(/** @type {string | null} */ (null)),
    hover: signal(/** @type {string | null} */ (null)),
    view: signal("network"),
    /** The unit whose own graph is on the stage. */
    opened: signal(/** @type {string | null} */ (null)),
    theme: signal(/** @type {"light" | "dark"} */ ("light")),
    reducedMotion: signal(false),
    canUndo: signal(false),
    canRedo: signal(false),
  };
}

/** @typedef {ReturnType<typeof createState>} State */
