import assert from "node:assert/strict";
import { test } from "node:test";

import { createSvgPainter } from "../../../static/js/render/svg.js";

class FakeElement {
  constructor(name) {
    this.name = name;
    this.children = [];
    this.attributes = new Map();
    this.writes = 0;
    this.moves = 0;
    this.parent = null;
  }
  get firstChild() {
    return this.children[0] ?? null;
  }
  get nextSibling() {
    return this.parent.children[this.parent.children.indexOf(this) + 1] ?? null;
  }
  setAttribute(name, value) {
    this.writes++;
    this.attributes.set(name, value);
  }
  removeAttribute(name) {
    this.attributes.delete(name);
  }
  insertBefore(child, place) {
    child.parent?.children.splice(child.parent.children.indexOf(child), 1);
    child.parent = this;
    child.moves++;
    this.children.splice(place === null ? this.children.length : this.children.indexOf(place), 0, child);
  }
  remove() {
    this.parent.children.splice(this.parent.children.indexOf(this), 1);
    this.parent = null;
  }
}
globalThis.document = { createElementNS: (_, name) => new FakeElement(name) };

const circle = (key, fields = {}) => ({ key, shape: "circle", x: 1, y: 2, r: 3, fill: "ink", ...fields });

function paint() {
  const parent = new FakeElement("svg");
  return { parent, painter: createSvgPainter(parent) };
}

test("marks become elements in painting order, colors become tokens", () => {
  const { parent, painter } = paint();
  painter.draw([circle("a"), { key: "b", shape: "curve", curve: [0, 0, 1, 0, 2, 3, 4, 5], stroke: "positive" }]);
  assert.deepEqual(parent.children.map(({ name }) => name), ["circle", "path"]);
  assert.equal(parent.children[0].attributes.get("fill"), "var(--ink)");
  assert.equal(parent.children[1].attributes.get("d"), "M0 0C1 0 2 3 4 5");
  assert.equal(parent.children[1].attributes.get("stroke"), "var(--positive)");
});

test("only what changed is written", () => {
  const { parent, painter } = paint();
  painter.draw([circle("a"), circle("b")]);
  const [a, b] = parent.children;
  const [before, other] = [a.writes, b.writes];
  painter.draw([circle("a", { x: 9 }), circle("b")]);
  assert.equal(a.writes, before + 1);
  assert.equal(b.writes, other);
  assert.equal(a.attributes.get("cx"), "9");
});

test("elements that stay are neither replaced nor moved when others come and go", () => {
  const { parent, painter } = paint();
  painter.draw([circle("a"), circle("b"), circle("handle:x", { id: "x" })]);
  const handle = painter.find("x");
  painter.draw([circle("c"), circle("b"), circle("d"), circle("handle:x", { id: "x" })]);
  assert.equal(painter.find("x"), handle);
  assert.equal(handle.moves, 1);
  assert.equal(parent.children.length, 4);
  assert.equal(parent.children[3], handle);
});

test("what can be focused is a named button", () => {
  const { parent, painter } = paint();
  painter.draw([circle("handle:loss", { id: "loss", label: "loss L: 1" })]);
  const { attributes } = parent.children[0];
  assert.equal(attributes.get("role"), "button");
  assert.equal(attributes.get("aria-label"), "loss L: 1");
  assert.equal(attributes.get("data-id"), "loss");
});

test("an attribute that is gone is taken off", () => {
  const { parent, painter } = paint();
  painter.draw([circle("a", { dash: "2 3" })]);
  painter.draw([circle("a")]);
  assert.equal(parent.children[0].attributes.has("stroke-dasharray"), false);
});
