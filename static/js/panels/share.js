/** A link to what is on the screen, copied and shown. */

import { h, icon } from "./dom.js";

const IN_THE_LINK = "Everything is in the link itself. Nothing was sent anywhere.";
const KEPT = "It is kept on this server and never changes. Whoever has the link can open it.";

/**
 * The button and what it opens.
 * @param {() => ReturnType<typeof import("../state/effects.js").makeLink>} make
 * @returns {HTMLElement[]}
 */
export function makeShare(make) {
  const field = h("input", { type: "text", readonly: true, "aria-label": "Link", spellcheck: "false" });
  const copy = h("button", { class: "text-button", type: "button", onclick: () => void copyLink() }, "Copy");
  const row = h("div", { class: "share-row", hidden: true }, field, copy);
  const note = h("p", { class: "quiet" });
  const said = h("p", { role: "status" });
  const panel = h("div", { class: "share", id: "share", popover: true, role: "dialog", "aria-label": "Share" }, said, row, note);
  const button = h(
    "button",
    { class: "icon-button", type: "button", popovertarget: "share", "aria-label": "Share", title: "Share what is on the screen" },
    icon("M18 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z", "M6 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z", "M18 22a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z", "m8.6 10.5 6.8-4M8.6 13.5l6.8 4"),
  );

  async function copyLink() {
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = "The link is copied.";
    } catch {
      // Not every address may write to the clipboard; a selected text is one key away from it.
      field.select();
      said.textContent = "The link is selected: copy it with Ctrl C.";
    }
  }

  panel.addEventListener("toggle", async (event) => {
    if (/** @type {ToggleEvent} */ (event).newState !== "open") return;
    said.textContent = "Making a link …";
    row.hidden = true;
    note.textContent = "";
    const made = await make();
    if ("problem" in made) {
      said.textContent = made.problem.title;
      note.textContent = made.problem.detail;
      return;
    }
    field.value = made.link;
    row.hidden = false;
    note.textContent = made.kept ? KEPT : IN_THE_LINK;
    await copyLink();
  });
  return [button, panel];
}
