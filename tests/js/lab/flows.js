/** Gradient flows as the API would answer them. */

export const summary = (mean, std = 0) => ({ mean, std });

/** Layers whose gradients shrink by `factor` on their way back. */
export function makeFlow({ depth = 5, factor = 0.5, slope = 0.25, std = 0.1, spectrum = true, change = () => ({}) } = {}) {
  const layers = Array.from({ length: depth }, (_, i) => {
    const size = factor ** (depth - 1 - i);
    return {
      layer: i + 1,
      time: null,
      grad_z_rms: summary(size, size * std),
      grad_a_rms: summary(size / slope, 0),
      grad_weight_rms: summary(size * 3, size * std),
      z_mean: summary(0),
      z_variance: summary(1.5),
      a_mean: summary(0),
      a_variance: summary(0.5),
      saturated: summary(0.02),
      dead: summary(0),
      singular_values: spectrum ? { largest: summary(1.5), smallest: summary(0.01), mean_square: summary(factor ** 2) } : null,
      measured_factor: i === depth - 1 ? null : factor ** 2,
      predicted_factor: i === depth - 1 ? null : factor ** 2,
      predicted_grad_z_rms: size * 1.1,
      predicted_z_variance: 1.5,
      ...change(i),
    };
  });
  const theory = { sigma_w: 2, sigma_b: 0.5, q_star: 1.5, chi_1: factor ** 2, phase: "ordered", depth_scale: 1, unknown: null, weights: [], recurrent_weights: [], slope_bound: null, factor_bound: null };
  return { layers, seeds: 8, singular_value_seeds: 8, theory };
}

const initializer = (name, options, sigma_w) => ({ name, label: name, summary: "", latex: "", schema: { properties: options }, sigma_w });

export const catalog = {
  activations: ["straight", "bend"].map((name) => ({ name, label: name, summary: "", latex: "", schema: { properties: {} } })),
  initializers: [
    initializer("fixed", {}, null),
    initializer("scaled", { scale: { default: 1 } }, { option: "scale", power: 2, fan_in_power: 0 }),
    initializer("drawn", { mean: { default: 0 }, std: { default: 1 } }, { option: "std", power: 1, fan_in_power: -0.5 }),
  ],
  cells: [],
  presets: [{ name: "state", network: { spec: { kind: "recurrent", activation: { name: "bend" } } } }],
  classics: [
    { name: "first", title: "First", summary: "", depth: 6, layer: { units: 16, activation: { name: "bend" }, initializer: { name: "drawn", std: 1, mean: 0 }, residual: false, layer_norm: false, use_bias: true } },
    { name: "second", title: "Second", summary: "", depth: 3, layer: { units: 9, activation: "bend", initializer: "fixed", residual: true, layer_norm: false } },
  ],
  limits: { layers: 100 },
};
