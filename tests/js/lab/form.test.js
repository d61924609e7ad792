import assert from "node:assert/strict";
import { test } from "node:test";
import { formOf, readForm, requestOf, sigmaOf, withSigma } from "../../../static/js/state/lab/form.js";
import { radiusOf, readTimeForm, timeRequests, usualTime, withRadius } from "../../../static/js/state/lab/cells.js";
import { USUAL_SWEEP, usualBase } from "../../../static/js/state/lab/grid.js";
import { readLabLink, writeLabLink } from "../../../static/js/state/lab/link.js";
import { catalog } from "./flows.js";

const [first, second] = catalog.classics.map(formOf);
const turning = { name: "turning", label: "Turning", schema: { properties: { gain: { default: 1 } } }, sigma_w: { option: "gain", power: 1, fan_in_power: 0 } };
const usual = usualTime(catalog);

test("a request has as many layers as the depth says, all as wide as the inputs", () => {
  const { network, seeds, singular_values } = requestOf({ ...first, sigma_b: 0 }, catalog, { quick: false });
  assert.equal(network.layers.length, 6);
  assert.ok(network.layers.every(({ units }) => units === network.inputs));
  assert.ok(!("bias_initializer" in network));
  assert.equal(seeds, first.seeds);
  assert.equal(singular_values, true);
});

test("a bias with a spread is drawn by an initializer that has one", () => {
  const { network } = requestOf({ ...first, sigma_b: 0.3 }, catalog, { quick: false });
  assert.deepEqual(network.bias_initializer, { name: "drawn", std: 0.3 });
});

test("a quick request has few seeds, and never more than were asked", () => {
  assert.equal(requestOf(first, catalog, { quick: true }).singular_values, false);
  assert.ok(requestOf(first, catalog, { quick: true }).seeds < first.seeds);
  assert.equal(requestOf({ ...first, seeds: 1 }, catalog, { quick: true }).seeds, 1);
});

test("sigma is read off the option by its rule, and written back", () => {
  assert.equal(sigmaOf(first, catalog), 4);
  assert.equal(sigmaOf(second, catalog), null);
  assert.equal(sigmaOf({ ...first, initializer: { name: "scaled" } }, catalog), 1);
  for (const form of [first, { ...first, initializer: { name: "scaled", scale: 5 } }, { ...first, width: 77 }]) {
    const changed = withSigma(form, catalog, 1.7);
    assert.equal(changed.initializer.name, form.initializer.name);
    assert.equal(sigmaOf(changed, catalog), 1.7);
  }
});

test("an initializer without a scale gives way to one that has it", () => {
  const changed = withSigma(second, catalog, 3);
  assert.deepEqual(changed.initializer, { name: "scaled", scale: 9 });
  assert.equal(changed.width, second.width);
});

test("a form from elsewhere is taken as far as it fits", () => {
  assert.equal(readForm("nothing", catalog), null);
  assert.equal(readForm(null, catalog), null);
  const odd = readForm({ ...first, depth: "x", width: 12, activation: { name: "unheard" }, extra: 1 }, catalog);
  assert.deepEqual(odd, { ...first, width: 12 });
});

test("a link brings everything back", () => {
  const looks = [
    [{ form: second, clip: { by: "none", at: 1 }, classic: "second", time: usual, sweep: USUAL_SWEEP, base: usualBase(catalog) }, { mode: "layers", view: "z", selected: null, playhead: null }],
    [{ form: { ...first, depth: 20, sigma_b: 0.1 }, clip: { by: "norm", at: 0.25 }, classic: null, time: { ...usual, steps: 120, truncate: 7, activation: { name: "straight" } }, sweep: { ...USUAL_SWEEP, seeds: 9 }, base: { ...first, width: 5 } }, { mode: "time", view: "update", selected: 99, playhead: 12.25 }],
  ];
  for (const [question, look] of looks) {
    const link = writeLabLink(question, look, catalog);
    assert.deepEqual(readLabLink(link, catalog), { ...question, ...look });
  }
  assert.match(writeLabLink(...looks[0], catalog), /^#classic=second$/);
});

test("a link that says nothing is not taken", () => {
  for (const link of ["", "#", "#form=%7B", "#classic=unheard", "#form=null"]) assert.equal(readLabLink(link, catalog), null);
  assert.equal(readLabLink("#classic=first&layer=99&view=odd&clip=odd&at=-3", catalog).selected, null);
  for (const odd of ["-1", "6", "x", ""]) assert.equal(readLabLink(`#classic=first&playhead=${odd}`, catalog).playhead, odd === "" ? 0 : null);
  assert.deepEqual(readLabLink("#classic=first&clip=norm&at=-3", catalog).clip, { by: "norm", at: 1 });
});

test("a link may be about time alone", () => {
  const found = readLabLink("#mode=time", catalog);
  assert.equal(found.mode, "time");
  assert.equal(found.classic, "first");
});

test("every kind of cell is asked about with a matrix of the same scale", () => {
  const cells = [{ name: "one", label: "One" }, { name: "two", label: "Two" }];
  const more = { ...catalog, cells, initializers: [...catalog.initializers, turning] };
  const form = withRadius({ ...usualTime(more), truncate: 9 }, more, 1.25);
  const requests = timeRequests(form, more, { quick: false });
  assert.deepEqual(requests.map(({ body }) => body.network.cell), ["one", "two"]);
  for (const { body } of requests) {
    assert.deepEqual(body.network.recurrent_initializer, { name: "turning", gain: 1.25 });
    assert.deepEqual(body.network.activation, { name: "bend" }, "as in the preset");
    assert.equal(body.network.truncate, 9);
    assert.equal(body.time_steps, form.steps);
    assert.equal(body.singular_values, true);
  }
  const [{ body }] = timeRequests(usualTime(more), more, { quick: true });
  assert.ok(!("truncate" in body.network));
  assert.equal(body.singular_values, false);
  assert.equal(timeRequests(form, more, { quick: true, stretch: true })[0].body.singular_values, true);
});

test("the radius is read off the initializer by its rule, and written back", () => {
  const drawn = { ...usual, units: 25, initializer: { name: "drawn", std: 0.2, mean: 0 } };
  assert.equal(radiusOf(drawn, catalog), 1);
  const wider = withRadius(drawn, catalog, 1.5);
  assert.deepEqual([radiusOf(wider, catalog), wider.initializer.name, wider.units], [1.5, "drawn", 25]);
  assert.equal(radiusOf({ ...usual, initializer: { name: "fixed" } }, catalog), null);
});

test("a form through time is taken out of a link as far as it fits", () => {
  const more = { ...catalog, initializers: [...catalog.initializers, turning] };
  assert.deepEqual(readTimeForm({ steps: 9, units: "x", odd: 1, activation: { name: "unheard" } }, more), { ...usualTime(more), steps: 9 });
  assert.deepEqual(readTimeForm({ radius: 0.5 }, more).initializer, { name: "turning", gain: 0.5 }, "as links said it once");
});
