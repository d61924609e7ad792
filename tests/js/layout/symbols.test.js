import assert from "node:assert/strict";
import { test } from "node:test";

import { nameNode, writePlain } from "../../../static/js/layout/symbols.js";

test("short formulas in plain text, or nothing", () => {
  const pairs = [
    ["2x", "2x"],
    ["-1", "\u22121"],
    ["x \\cdot y", "x \u00b7 y"],
    ["1 - a^2", "1 \u2212 a²"],
    ["\\tfrac{1}{4}", "1/4"],
    ["\\frac{1 - a}{2}", "(1 \u2212 a)/2"],
    ["z^{(1)}", "z⁽1⁾"],
    ["x_{12}", "x₁₂"],
    ["\\operatorname{relu}(z)", "relu(z)"],
    ["\\exp(x)", "exp(x)"],
    ["\\sqrt{x}", null],
    ["a^{b}", null],
  ];
  for (const [latex, text] of pairs) assert.equal(writePlain(latex), text, latex);
});

test("a node has a name where its formula is one symbol, in an expression where someone gave it one", () => {
  const dense = { network: { spec: { kind: "dense" } } };
  const name = (trace, latex, id = "some.node") => nameNode(trace, { id, latex });
  assert.equal(name(dense, "z^{(2)}"), "z⁽2⁾");
  assert.equal(name(dense, "W^{(1)}"), "W⁽1⁾");
  assert.equal(name(dense, "L"), "L");
  assert.equal(name(dense, "a - y"), "");
  assert.equal(name(dense, "(a - y)^2"), "");
  const expression = { network: { spec: { kind: "expression" } } };
  assert.equal(name(expression, "x + y", "q"), "q");
  assert.equal(name(expression, "x + y", "n3"), "");
});
