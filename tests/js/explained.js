/** What the API answered about one number of a run; scripts/generate-fixtures writes them anew. */

import { readFileSync } from "node:fs";

import { loadTrace } from "./fixtures.js";
import { loadGraph } from "./graphs.js";

const load = (name) => JSON.parse(readFileSync(new URL(`explained/${name}.json`, import.meta.url), "utf8"));

/** Runs by unit and by node, and the number of each that is explained. */
export const explained = {
  mazur: { trace: loadTrace("mazur"), id: "layer1.weight[0][0]" },
  xor: { trace: loadTrace("xor"), id: "layer1.weight[1][0]" },
  softmax: { trace: loadTrace("softmax"), id: "layer1.bias[2]" },
  shares: { trace: loadTrace("shares"), id: "layer2[1]" },
  neuron: { trace: loadGraph("neuron"), id: "layer1.weight" },
  fork: { trace: loadGraph("fork"), id: "b" },
};

for (const [name, found] of Object.entries(explained)) found.explanation = load(name);
