import assert from "node:assert/strict";
import { test } from "node:test";
import { nameRacers, rank, tellMoment, tellStanding } from "../../../static/js/layout/race/runs.js";

const schema = { properties: { learning_rate: { title: "learning rate", default: 0.001 }, momentum: { title: "momentum", default: 0 }, nesterov: { title: "nesterov", default: false } } };
const ENTRIES = [{ name: "plain", label: "Plain", schema }, { name: "other", label: "Other", schema }];
const racer = (lane, choice) => ({ lane, choice });
const run = (lane, losses, reason = "steps") => ({ lane, name: `R${lane}`, notes: "", way: { path: losses.map((loss) => [loss, 0]), losses, reason } });

test("racers are told apart by what differs", () => {
  const names = (...choices) => nameRacers(choices.map((choice, lane) => racer(lane, choice)), ENTRIES).map(({ name }) => name);
  assert.deepEqual(names({ name: "plain", learning_rate: 0.1 }, { name: "other" }), ["Plain", "Other"]);
  assert.deepEqual(names({ name: "plain", learning_rate: 0.1 }, { name: "plain", learning_rate: 0.1, momentum: 0.9 }), ["Plain", "Plain (momentum 0.9)"]);
  assert.deepEqual(names({ name: "plain", learning_rate: 0.1 }, { name: "plain", learning_rate: 0.2 }), ["Plain (0.1)", "Plain (0.2)"]);
  const twins = names({ name: "plain" }, { name: "plain" }, { name: "plain" });
  assert.equal(new Set(twins).size, 3);
  assert.equal(nameRacers([racer(0, { name: "plain", momentum: 0.9, nesterov: true })], ENTRIES)[0].notes, "learning rate 0.001, momentum 0.9, nesterov");
});

test("the lowest is first, and who diverged is last, from the step that failed", () => {
  const runs = [run(0, [5, 4, 3]), run(1, [5, 2, 1]), run(2, [5, 1e9], "diverged")];
  assert.deepEqual(rank(runs, 1).map(({ run: { lane } }) => lane), [1, 0, 2]);
  assert.equal(rank(runs, 1)[2].diverged, null);
  assert.equal(rank(runs, 2)[2].diverged, 2);
  assert.deepEqual(rank([run(0, [1, 1]), run(1, [-Infinity, -Infinity])], 1).map(({ run: { lane } }) => lane), [1, 0]);
});

test("a sentence says who is where", () => {
  const runs = [run(0, [5, 4, 3]), run(1, [5, 2, 1]), run(2, [5, 1e9], "diverged")];
  assert.equal(tellMoment(runs, 0), "All stand at the start, where the loss is 5. Press play.");
  assert.equal(tellMoment(runs, 2), "R1 is lowest, at 1; then R0 at 3. R2 diverged at step 2.");
  assert.equal(tellMoment([run(2, [5], "diverged")], 3), "R2 diverged at step 1.");
  assert.match(tellMoment([], 3), /Add an optimizer/);
});

test("a racer's place is told by the minimum where there is one, else by the start", () => {
  const [first] = rank([run(0, [4, 3])], 1);
  assert.equal(tellStanding(first, [0, 0]), "3 from the minimum");
  assert.equal(tellStanding(first, [3, 0]), "at the minimum");
  assert.equal(tellStanding(first, null), "1 lower than the start");
  const [lost] = rank([run(0, [4], "diverged")], 9);
  assert.match(tellStanding(lost, [0, 0]), /^diverged at step 1/);
});
