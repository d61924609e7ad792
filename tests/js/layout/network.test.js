import assert from "node:assert/strict";
import { test } from "node:test";

import { overlap } from "../../../static/js/layout/chips.js";
import { layoutNetwork } from "../../../static/js/layout/network.js";
import { loadTrace, names, stages } from "../fixtures.js";

for (const name of names) {
  const trace = loadTrace(name);
  for (const stage of [...stages, { width: 2560, height: 1400 }]) {
    const layout = layoutNetwork(trace, stage);
    const boxes = [...layout.units.values(), layout.loss];

    test(`${name} at ${stage.width}: everything stands inside the stage`, () => {
      const round = [...layout.targets, ...layout.biases].map(({ x, y, r }) => ({ x, y, w: 2 * r, h: 2 * r }));
      const numbers = [...layout.units.values(), ...layout.edges].flatMap(({ tag, chip }) => [tag, chip]).filter(Boolean);
      for (const { x, y, w, h } of [...boxes, ...round, ...numbers]) {
        assert.ok(x - w / 2 >= 0 && x + w / 2 <= stage.width, `x ${x} w ${w}`);
        assert.ok(y - h / 2 >= 0 && y + h / 2 <= stage.height, `y ${y} h ${h}`);
      }
    });

    test(`${name} at ${stage.width}: units, loss and numbers keep apart`, () => {
      const roomy = layout.biases.filter((bias) => bias.roomy).map(({ x, y, r }) => ({ x, y, w: 2 * r, h: 2 * r }));
      const tags = [...layout.units.values()].flatMap(({ tag }) => tag ?? []);
      const chips = layout.edges.flatMap(({ chip, tag }) => [chip ?? [], tag ?? []].flat());
      const shrunk = [...boxes, ...roomy, ...tags, ...chips].map((box) => ({ ...box, w: box.w - 4.1, h: box.h - 4.1 }));
      shrunk.forEach((a, i) => shrunk.slice(i + 1).forEach((b) => assert.ok(!overlap(a, b), JSON.stringify([a, b]))));
    });

    test(`${name} at ${stage.width}: edges join the ports of their units`, () => {
      for (const { from, to, curve } of layout.edges) {
        const [source, target] = [layout.units.get(from), layout.units.get(to)];
        assert.deepEqual([curve[0], curve[1], curve[6], curve[7]], [source.out.x, source.out.y, target.in.x, target.in.y]);
      }
    });
  }
}

test("columns fold from instruments to discs to cells", () => {
  const forms = layoutNetwork(loadTrace("wide"), { width: 2000, height: 1200 }).layers.map(([unit]) => unit.form);
  assert.deepEqual(forms, ["disc", "disc", "cell", "instrument"]);
});

test("a narrow stage runs downward", () => {
  const trace = loadTrace("small");
  assert.equal(layoutNetwork(trace, stages[1]).down, true);
  assert.equal(layoutNetwork(trace, stages[2]).down, false);
});
