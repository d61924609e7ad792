import assert from "node:assert/strict";
import { test } from "node:test";
import { createParser } from "../../../static/js/api/stream.js";

test("events come out whole however the text is cut", () => {
  const text = 'event: frame\ndata: {"step": 1}\n\n: keep-alive\n\nevent: end\ndata: {"reason":\ndata: "steps"}\n\n';
  for (const size of [1, 3, 7, text.length]) {
    const parse = createParser();
    const events = [];
    for (let at = 0; at < text.length; at += size) events.push(...parse(text.slice(at, at + size)));
    assert.deepEqual(events, [
      { name: "frame", data: { step: 1 } },
      { name: "end", data: { reason: "steps" } },
    ]);
  }
});

test("lines may end as they like, and what is not finished waits", () => {
  const parse = createParser();
  assert.deepEqual(parse("event: frame\r\ndata: 5\r\n"), []);
  assert.deepEqual(parse("\r\n"), [{ name: "frame", data: 5 }]);
  assert.deepEqual(parse("data: 6\n\n"), [{ name: "message", data: 6 }]);
});
