/** Choices from the catalog: a name with options, as fields made from a JSON Schema. */

import { checkField, numberField, selectField } from "./fields.js";

/** @typedef {import("../state/state.js").CatalogEntry} CatalogEntry */
/** @typedef {{element: HTMLElement, dispose: () => void}} Field */

/** @param {any} choice a name, or an object with name and options */
export function nameOf(choice) {
  return typeof choice === "string" ? choice : choice.name;
}

/**
 * A select of the entries, and a field per option of the chosen one.
 * @param {{entries: CatalogEntry[], name: string, label?: string, pointer: string, read: () => any,
 *   commit: (choice: any) => void}} options
 * @returns {Field[]}
 */
export function choiceFields({ entries, name, label, pointer, read, commit }) {
  const select = selectField({
    name,
    label,
    pointer,
    entries: entries.map((entry) => ({ value: entry.name, text: entry.label })),
    read: () => nameOf(read()),
    commit: (chosen) => commit({ name: chosen }),
  });
  const schema = entries.find((entry) => entry.name === nameOf(read()))?.schema;
  return [select, ...optionFields({ schema, name, pointer, read, commit })];
}

/**
 * @param {{schema: any, name: string, pointer: string, read: () => any, commit: (choice: any) => void,
 *   only?: (option: string) => boolean}} options
 * @returns {Field[]}
 */
export function optionFields({ schema, name, pointer, read, commit, only = () => true }) {
  const properties = Object.entries(schema?.properties ?? {}).filter(([option]) => only(option));
  return properties.map(([option, property]) => {
    const value = () => {
      const choice = read();
      return (typeof choice === "string" ? undefined : choice[option]) ?? property.default;
    };
    const put = (/** @type {unknown} */ next) => {
      const choice = read();
      commit({ ...(typeof choice === "string" ? { name: choice } : choice), [option]: next });
    };
    const common = { label: property.title, name: `${name}: ${property.title}`, pointer: `${pointer}/${option}`, read: value, commit: put };
    if (property.type === "boolean") return checkField(common);
    if (property.enum) {
      const entries = property.enum.map((/** @type {string} */ entry) => ({ value: entry, text: entry.replaceAll("_", " ") }));
      return selectField({ ...common, entries });
    }
    return numberField({
      ...common,
      integer: property.type === "integer",
      minimum: property.minimum,
      maximum: property.maximum,
      above: property.exclusiveMinimum,
      below: property.exclusiveMaximum,
    });
  });
}
