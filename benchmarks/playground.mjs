// Training in plain JavaScript in the manner of TensorFlow Playground (Smilkov and Carter, 2016): an
// object per unit and per weight, functions and their derivatives as objects, sample by sample, and a
// step of all weights against the mean of a batch. Reads one JSON object per line from its input and
// answers each with a line; `python -m benchmarks.playground` speaks to it.

import { createInterface } from "node:readline";

const TANH = {
  output: (x) => Math.tanh(x),
  derivative(x) {
    const output = TANH.output(x);
    return 1 - output * output;
  },
};
const SQUARE = {
  error: (output, target) => 0.5 * (output - target) ** 2,
  derivative: (output, target) => output - target,
};

/** Inputs are made of every point anew, out of those that are chosen. */
const INPUTS = {
  x: { f: (x) => x },
  y: { f: (_, y) => y },
  xSquared: { f: (x) => x * x },
  ySquared: { f: (_, y) => y * y },
  xTimesY: { f: (x, y) => x * y },
  sinX: { f: (x) => Math.sin(x) },
  sinY: { f: (_, y) => Math.sin(y) },
};
const CHOSEN = { x: true, y: true };

function constructInput([x, y]) {
  const input = [];
  for (const name in INPUTS) if (CHOSEN[name]) input.push(INPUTS[name].f(x, y));
  return input;
}

class Weight {
  constructor(source, dest, value) {
    this.source = source;
    this.dest = dest;
    this.value = value;
    this.isDead = false;
    this.errorDerivative = 0;
    this.sum = 0;
    this.count = 0;
    this.penalty = null;
  }
}

class Unit {
  constructor(bias, activation) {
    this.bias = bias;
    this.activation = activation;
    this.incoming = [];
    this.outgoing = [];
    this.totalInput = 0;
    this.output = 0;
    this.outputDerivative = 0;
    this.inputDerivative = 0;
    this.sum = 0;
    this.count = 0;
  }

  updateOutput() {
    this.totalInput = this.bias;
    for (let k = 0; k < this.incoming.length; k++) {
      const weight = this.incoming[k];
      this.totalInput += weight.value * weight.source.output;
    }
    this.output = this.activation.output(this.totalInput);
    return this.output;
  }
}

function build({ widths, weights, biases }) {
  const layers = [Array.from({ length: widths[0] }, () => new Unit(0, TANH))];
  weights.forEach((matrix, layer) => {
    layers.push(
      matrix.map((row, j) => {
        const unit = new Unit(biases[layer][j], TANH);
        row.forEach((value, i) => {
          const weight = new Weight(layers[layer][i], unit, value);
          layers[layer][i].outgoing.push(weight);
          unit.incoming.push(weight);
        });
        return unit;
      }),
    );
  });
  return layers;
}

function forward(layers, inputs) {
  for (let i = 0; i < layers[0].length; i++) layers[0][i].output = inputs[i];
  for (let layer = 1; layer < layers.length; layer++) {
    for (let i = 0; i < layers[layer].length; i++) layers[layer][i].updateOutput();
  }
  return layers[layers.length - 1][0].output;
}

function backward(layers, target, error) {
  const output = layers[layers.length - 1][0];
  output.outputDerivative = error.derivative(output.output, target);
  for (let layer = layers.length - 1; layer >= 1; layer--) {
    const current = layers[layer];
    for (let i = 0; i < current.length; i++) {
      const unit = current[i];
      unit.inputDerivative = unit.outputDerivative * unit.activation.derivative(unit.totalInput);
      unit.sum += unit.inputDerivative;
      unit.count++;
    }
    for (let i = 0; i < current.length; i++) {
      const unit = current[i];
      for (let k = 0; k < unit.incoming.length; k++) {
        const weight = unit.incoming[k];
        if (weight.isDead) continue;
        weight.errorDerivative = unit.inputDerivative * weight.source.output;
        weight.sum += weight.errorDerivative;
        weight.count++;
      }
    }
    if (layer === 1) continue;
    const before = layers[layer - 1];
    for (let i = 0; i < before.length; i++) {
      const unit = before[i];
      unit.outputDerivative = 0;
      for (let k = 0; k < unit.outgoing.length; k++) {
        const weight = unit.outgoing[k];
        unit.outputDerivative += weight.value * weight.dest.inputDerivative;
      }
    }
  }
}

function update(layers, rate, penaltyRate) {
  for (let layer = 1; layer < layers.length; layer++) {
    const current = layers[layer];
    for (let i = 0; i < current.length; i++) {
      const unit = current[i];
      if (unit.count > 0) {
        unit.bias -= (rate * unit.sum) / unit.count;
        unit.sum = 0;
        unit.count = 0;
      }
      for (let k = 0; k < unit.incoming.length; k++) {
        const weight = unit.incoming[k];
        if (weight.isDead) continue;
        const penalty = weight.penalty ? weight.penalty.derivative(weight.value) : 0;
        if (weight.count > 0) {
          weight.value -= (rate / weight.count) * weight.sum;
          weight.value -= rate * penaltyRate * penalty;
          weight.sum = 0;
          weight.count = 0;
        }
      }
    }
  }
}

let layers = [];
let task = null;
let at = 0;

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (message.widths) {
    [task, layers, at] = [message, build(message), 0];
    console.log("{}");
    continue;
  }
  const { inputs, targets, batch, rate } = task;
  const start = process.hrtime.bigint();
  for (let step = 0; step < message.steps; step++) {
    for (let k = 0; k < batch; k++) {
      forward(layers, constructInput(inputs[at]));
      backward(layers, targets[at], SQUARE);
      at = at + 1 === inputs.length ? 0 : at + 1;
    }
    update(layers, rate, 0);
  }
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  let loss = 0;
  for (let i = 0; i < inputs.length; i++) loss += SQUARE.error(forward(layers, inputs[i]), targets[i]);
  console.log(JSON.stringify({ seconds, loss: loss / inputs.length }));
}
