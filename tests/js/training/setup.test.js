import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseEncoding, encodeTargets, fitSetup, gatherPoints, openSetup } from "../../../static/js/state/training/setup.js";
import { readLink, writeLink } from "../../../static/js/state/training/link.js";
import { tellSequences } from "../../../static/js/state/training/told.js";
import { countParameters, findPlane, fitMaps, fitSequences, PACES, writeRequest } from "../../../static/js/state/training/request.js";
import { CATALOG, NUMBERS, STEPS, THREE, TWO } from "./setups.js";

const rings = () => openSetup(CATALOG.setups[0]);

test("a setup that fits stays the same object", () => {
  const setup = rings();
  assert.equal(fitSetup(setup, TWO, null, CATALOG), setup);
});

test("more classes get an output each and a loss for it; hidden layers stay", () => {
  const fitted = fitSetup({ ...rings(), spec: { ...rings().spec, layers: [{ units: 7, activation: { name: "half" } }, rings().spec.layers[1]] } }, THREE, TWO, CATALOG);
  assert.deepEqual(fitted.spec.layers.map(({ units }) => units), [7, 3]);
  assert.equal(fitted.spec.loss.name, "shares");
  const back = fitSetup(fitted, TWO, THREE, CATALOG);
  assert.deepEqual(back.spec.layers.map(({ units }) => units), [7, 1]);
  assert.equal(back.spec.loss.name, "logit");
});

test("numbers of one input drop features of two", () => {
  const fitted = fitSetup({ ...rings(), features: ["x1", "x1_x2"] }, NUMBERS, TWO, CATALOG);
  assert.deepEqual(fitted.features, ["x1"]);
  assert.equal(fitted.spec.inputs, 1);
  assert.equal(fitted.spec.loss.name, "square");
});

test("classes are written as the loss wants them, else as the output reaches them", () => {
  const spec = (/** @type {string} */ loss, activation = "plain", units = 1) => ({ loss: { name: loss }, layers: [{ units, activation: { name: activation } }] });
  assert.equal(chooseEncoding(spec("logit"), TWO, CATALOG), "zero_one");
  assert.equal(chooseEncoding(spec("margin"), TWO, CATALOG), "signs");
  assert.equal(chooseEncoding(spec("square", "bend"), TWO, CATALOG), "signs");
  assert.equal(chooseEncoding(spec("square", "half"), TWO, CATALOG), "zero_one");
  assert.equal(chooseEncoding(spec("shares", "plain", 2), TWO, CATALOG), "one_hot");
  assert.equal(chooseEncoding(spec("square"), NUMBERS, CATALOG), "numbers");
  assert.deepEqual(encodeTargets(TWO, "signs"), [[-1], [1], [1]]);
  assert.deepEqual(encodeTargets(THREE, "one_hot"), [[1, 0, 0], [0, 1, 0], [0, 0, 1]]);
  assert.deepEqual(encodeTargets(NUMBERS, "numbers"), NUMBERS.targets);
});

test("a request carries own data and names drawn data", () => {
  const own = { ...rings(), data: gatherPoints([{ x: 1, y: 2, label: 0 }, { x: 3, y: 4, label: 1 }], ["a", "b"]) };
  const pace = PACES[0];
  const body = writeRequest({ setup: own, samples: own.data, document: null, catalog: CATALOG }, { steps: 5, pace });
  assert.deepEqual(body.data, { inputs: [[1, 2], [3, 4]], targets: [[0], [1]] });
  assert.equal(body.network, own.spec);
  assert.equal(body.clip, null);
  assert.equal(body.stop, null);
  const drawn = writeRequest({ setup: { ...rings(), features: ["x1"] }, samples: TWO, document: null, catalog: CATALOG }, { steps: 5e9, pace });
  assert.deepEqual(drawn.data, { dataset: "rings", seed: 0, samples: 20, encoding: "zero_one", features: ["x1"] });
  assert.equal(drawn.steps, 1000);
});

test("maps and network fit into a frame together", () => {
  const spec = { inputs: 2, layers: [8, 8, 8, 1].map((units) => ({ units })) };
  assert.equal(countParameters(spec), 2 * 8 + 8 + 2 * (64 + 8) + 9);
  for (const copies of [1, 3]) {
    const { size, units, units_size } = fitMaps(spec, 2, copies, 65536);
    assert.ok(units && size >= 24 && units_size >= 10);
    const bytes = (size ** 2 + 24 * units_size ** 2) * (16 / 3) + countParameters(spec) * copies * 23;
    assert.ok(bytes < 65536, String(bytes));
  }
  const wide = fitMaps({ inputs: 2, layers: [500, 500, 1].map((units) => ({ units })) }, 2, 3, 65536);
  assert.equal(wide.units, false);
});

test("the plane is the usual one while the samples keep to it", () => {
  assert.deepEqual(findPlane(TWO), { x: [-6, 6], y: [-6, 6] });
  const far = findPlane({ ...TWO, inputs: [[0, 0], [100, 1]] });
  assert.ok(far && far.x[1] > 100 && far.y[1] < 2);
  assert.equal(findPlane({ ...TWO, columns: ["a", "b", "c"] }), null);
  const line = findPlane(NUMBERS);
  assert.ok(line && line.y[0] < -1 && line.y[1] > 1.5);
});

test("sequences are learned by a recurrent network, and rows by a dense one", () => {
  const recurrent = fitSetup({ ...rings(), data: { dataset: "say", seed: 0 } }, STEPS, TWO, CATALOG);
  assert.equal(recurrent.spec.kind, "recurrent");
  assert.equal(recurrent.features, null);
  const wider = { ...recurrent, spec: { ...recurrent.spec, units: 9, inputs: 2 } };
  const kept = fitSetup(wider, STEPS, STEPS, CATALOG);
  assert.deepEqual([kept.spec.units, kept.spec.inputs, kept.spec.outputs], [9, 1, 1]);
  assert.equal(fitSetup(kept, STEPS, STEPS, CATALOG), kept);
  const back = fitSetup({ ...kept, data: { dataset: "clouds", seed: 0 } }, THREE, STEPS, CATALOG);
  assert.deepEqual(back.spec.layers.map(({ units }) => units), [4, 3]);
  assert.equal(back.spec.loss.name, "shares");
});

test("targets of sequences are written step by step", () => {
  assert.deepEqual(encodeTargets(STEPS, "signs"), [[[1], [1], [-1]], [[-1], [-1], [1]]]);
  assert.deepEqual(encodeTargets(STEPS, "one_hot")[1], [[1, 0], [1, 0], [0, 1]]);
});

test("a request for sequences asks for as many as a frame can hold, and for no maps", () => {
  const setup = openSetup(CATALOG.setups[3]);
  const body = writeRequest({ setup, samples: STEPS, document: null, catalog: CATALOG }, { steps: 5, pace: PACES[0] });
  assert.equal(body.grid, null);
  assert.equal(body.sequences, 2);
  assert.deepEqual(body.data, { dataset: "say", seed: 0, samples: 20, encoding: "zero_one" });
  assert.equal(fitSequences(setup.spec, STEPS, 80), 1);
  assert.equal(writeRequest({ setup: rings(), samples: TWO, document: null, catalog: CATALOG }, { steps: 5, pace: PACES[0] }).sequences, 0);
});

test("a link keeps a recurrent network", () => {
  const setup = openSetup(CATALOG.setups[3]);
  const changed = { ...setup, spec: { ...setup.spec, units: 5 } };
  const link = writeLink({ setup: changed, document: null, pace: "100" }, CATALOG);
  assert.deepEqual(readLink(link ?? "", CATALOG)?.setup, changed);
});

test("what is said of sequences stands beside their targets, where there are any", () => {
  const said = { rows: [1], held_out: true, times: [1, 2, 3], outputs: [[[0.5], ["NaN"], [2]]] };
  const [every] = tellSequences(STEPS, said, { loss_at: "every" });
  assert.deepEqual(every.said, [[0.5], [NaN], [2]]);
  assert.deepEqual(every.targets, [[0], [0], [1]]);
  const [last] = tellSequences(STEPS, { ...said, times: [3], outputs: [[[2]]] }, { loss_at: "last" });
  assert.deepEqual(last.said, [null, null, [2]]);
  assert.deepEqual(last.targets, [null, null, [1]]);
  assert.deepEqual(tellSequences(STEPS, { ...said, rows: [7] }, {}), []);
  assert.deepEqual(tellSequences(STEPS, { ...said, times: [1, 2] }, {}), []);
});
