/** Which rule makes the steps, and its options. */

import { selectField } from "./fields.js";
import { nameOf, optionFields } from "./options.js";

/** @typedef {import("../state/store.js").Store} Store */
/** @typedef {import("./options.js").Field} Field */

/**
 * The fields that everyone needs, and the rest.
 * @param {Store["state"]} state
 * @param {Store["actions"]} actions
 * @returns {{first: Field[], more: Field[]}}
 */
export function optimizerFields({ catalog, optimizer }, actions) {
  const entry = catalog.optimizers.find(({ name }) => name === nameOf(optimizer.peek()));
  const options = { schema: entry?.schema, name: "Optimizer", pointer: "/optimizer", read: () => optimizer.value, commit: actions.changeOptimizer };
  const isRate = (/** @type {string} */ option) => option === "learning_rate";
  const choice = selectField({
    name: "Optimizer",
    entries: catalog.optimizers.map(({ name, label }) => ({ value: name, text: label })),
    read: () => nameOf(optimizer.value),
    commit: (name) => actions.changeOptimizer({ name, learning_rate: keptRate(name) }),
    pointer: "/optimizer",
  });
  return {
    first: [choice, ...optionFields({ ...options, only: isRate })],
    more: optionFields({ ...options, only: (option) => !isRate(option) }),
  };

  /** The learning rate goes along to another optimizer only where it was changed. @param {string} name */
  function keptRate(name) {
    const value = optimizer.peek().learning_rate;
    const standard = entry?.schema.properties.learning_rate.default;
    const next = catalog.optimizers.find((other) => other.name === name)?.schema.properties.learning_rate;
    return value !== undefined && value !== standard && next ? value : next?.default;
  }
}
