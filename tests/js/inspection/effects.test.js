import assert from "node:assert/strict";
import { test } from "node:test";
import { signal } from "@preact/signals-core";

import { answerInquiry } from "../../../static/js/state/effects.js";

/** Requests that wait until the test answers them. */
function listen() {
  const requests = [];
  globalThis.fetch = (url, { body, signal: abort }) =>
    new Promise((resolve, reject) => {
      abort.addEventListener("abort", () => reject(new Error("aborted")));
      requests.push({ url, body: JSON.parse(body), abort, answer: (value, ok = true) => resolve({ ok, json: async () => value }) });
    });
  return requests;
}

const settle = async () => {
  for (let i = 0; i < 8; i++) await Promise.resolve();
};
const ask = (value) => ({ path: "/p", body: JSON.stringify({ value }) });

test("a newer question ends the older, and only its answer counts", async () => {
  const requests = listen();
  const asked = signal(null);
  const received = [];
  answerInquiry({ asked, receive: (result, about) => received.push([result, about]) });
  assert.equal(requests.length, 0);
  asked.value = ask(1);
  asked.value = ask(2);
  assert.deepEqual(requests.map(({ body }) => body.value), [1, 2]);
  assert.deepEqual(requests.map(({ abort }) => abort.aborted), [true, false]);
  requests[0].answer({ n: 1 });
  requests[1].answer({ n: 2 });
  await settle();
  assert.deepEqual(received, [[{ answer: { n: 2 } }, ask(2)]]);
  asked.value = ask(2);
  assert.equal(requests.length, 2);
});

test("no question ends the one there was; the same asked again is a new one", async () => {
  const requests = listen();
  const asked = signal(ask(1));
  const received = [];
  answerInquiry({ asked, receive: (result) => received.push(result) });
  asked.value = null;
  assert.equal(requests[0].abort.aborted, true);
  asked.value = ask(1);
  requests[1].answer({ title: "no", detail: "", errors: [] }, false);
  await settle();
  assert.deepEqual(received, [{ problem: { title: "no", detail: "", errors: [] } }]);
});

test("what an answer leads to is asked next", async () => {
  const requests = listen();
  const asked = signal(ask(0));
  answerInquiry({ asked, receive: (_, { body }) => void (asked.value = JSON.parse(body).value < 2 ? ask(JSON.parse(body).value + 1) : null) });
  for (let i = 0; i < 3; i++) {
    requests[i].answer({});
    await settle();
  }
  assert.deepEqual(requests.map(({ body }) => body.value), [0, 1, 2]);
});

test("a question that does not last is never asked", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const requests = listen();
  const asked = signal(ask(1));
  const received = [];
  answerInquiry({ asked, receive: (result) => received.push(result), rest: 100 });
  t.mock.timers.tick(99);
  asked.value = ask(2);
  t.mock.timers.tick(99);
  assert.equal(requests.length, 0);
  t.mock.timers.tick(1);
  assert.deepEqual(requests.map(({ body }) => body.value), [2]);
  requests[0].answer({ n: 2 });
  await settle();
  assert.deepEqual(received, [{ answer: { n: 2 } }]);
});
