/** The way to the room of optimizers with the network and the data in hand. */

import { makeRaceAddress } from "../../state/training/race.js";
import { h, icon } from "../dom.js";

/** @typedef {import("../../state/training/store.js").Training} Training */

/** @param {Training} training */
export function makeRaceOpener({ state, actions }) {
  const link = h("a", { class: "add", href: "/optimizers", title: "Two of its weights, this data, and up to six optimizers from where they stand" }, icon("M5 21V4M5 4h12l-2.5 4L17 12H5"), "Race optimizers from here");
  // Written when a hand is near: a training at full speed would write it many times a second.
  const write = () => {
    const made = makeRaceAddress(state, location.href);
    if (made && "link" in made) link.href = made.link;
    return made;
  };
  for (const near of ["pointerenter", "focus", "pointerdown"]) link.addEventListener(near, write);
  link.addEventListener("click", (event) => {
    const made = write();
    if (!made || !("problem" in made)) return;
    event.preventDefault();
    actions.refuse(made.problem);
  });
  return link;
}
