/** A catalog with made-up names: no test may depend on those of the real one. */

const layer = (units, activation) => ({ units, activation: { name: activation } });
const entry = (name, task, layers, loss, data) => ({ name, title: name, summary: "", task, network: { kind: "dense", inputs: 2, layers, loss: { name: loss }, reduction: "mean", seed: 0 }, data, optimizer: { name: "walk", learning_rate: 0.1 }, batch_size: 10, validation_fraction: 0.2 });

export const CATALOG = /** @type {any} */ ({
  setups: [
    entry("rings", "binary", [layer(4, "bend"), layer(1, "plain")], "logit", { dataset: "rings", seed: 0, samples: 20 }),
    entry("clouds", "classes", [layer(4, "bend"), layer(3, "plain")], "shares", { dataset: "clouds", seed: 0, samples: 30 }),
    entry("wave", "numbers", [layer(4, "bend"), layer(1, "plain")], "square", { dataset: "wave", seed: 0, samples: 30 }),
    { ...entry("say", "binary", [], "logit", { dataset: "say", seed: 0, samples: 20 }), network: { kind: "recurrent", inputs: 1, units: 3, outputs: 1, cell: "loop", activation: { name: "bend" }, output_activation: { name: "plain" }, loss: { name: "logit" }, loss_at: "every", seed: 0 } },
  ],
  activations: [{ name: "bend", label: "bend", signed: true }, { name: "plain", label: "plain", signed: true }, { name: "half", label: "half", signed: false }],
  losses: [
    { name: "logit", targets: "probabilities", boundary: 0 },
    { name: "shares", targets: "distribution", boundary: null },
    { name: "square", targets: "any", boundary: null },
    { name: "margin", targets: "signs", boundary: null },
  ],
  features: [{ name: "x1", label: "x₁", needs: 1 }, { name: "x2", label: "x₂", needs: 2 }, { name: "x1_x2", label: "x₁x₂", needs: 2 }],
  optimizers: [{ name: "walk", schema: { properties: { learning_rate: { default: 0.5 } } } }],
  datasets: [],
  schedules: [],
  presets: [],
  limits: { training_steps: 1000, frame_bytes: 65536 },
});

export const TWO = { inputs: [[1, 2], [3, -4], [0, 1]], labels: [0, 1, 1], targets: [[0], [1], [1]], classes: ["a", "b"], columns: ["x1", "x2"], outputs: ["class"] };
export const THREE = { ...TWO, labels: [0, 1, 2], targets: [[0], [1], [2]], classes: ["a", "b", "c"] };
export const NUMBERS = { inputs: [[1], [2], [3]], labels: null, targets: [[0.5], [1.5], [-1]], classes: [], columns: ["x1"], outputs: ["y"] };
export const STEPS = /** @type {any} */ ({ inputs: [[[1], [0], [1]], [[0], [0], [1]]], labels: [[1, 1, 0], [0, 0, 1]], targets: [[[1], [1], [0]], [[0], [0], [1]]], classes: ["even", "odd"], columns: ["bit"], outputs: ["parity"] });
