/** The rooms of the site: links in the header, a menu behind the brand on narrow windows. */

import { h, icon } from "./dom.js";

const ROOMS = [
  { href: "/", title: "Studio" },
  { href: "/playground", title: "Playground" },
  { href: "/training", title: "Training" },
  { href: "/lab", title: "Gradient flow" },
  { href: "/optimizers", title: "Optimizers" },
  { href: "/docs", title: "API" },
];

/** @returns {HTMLElement[]} */
export function makeRooms() {
  const here = location.pathname;
  const links = ROOMS.map(({ href, title }) => h("a", { href, "aria-current": href === here ? "page" : null }, title));
  return [
    h("a", { class: "brand", href: here, "aria-label": "Retrograd, start anew" }, brand(), h("span", {}, "Retrograd")),
    h("button", { class: "rooms-opener", type: "button", popovertarget: "rooms", "aria-label": "Rooms" }, brand(), icon("m7 10 5 5 5-5")),
    h("nav", { class: "rooms", id: "rooms", popover: true, "aria-label": "Rooms" }, ...links),
  ];
}

function brand() {
  const svg = icon("M10 12 19 6", "M19 18 10 12", "M7 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z", "M20 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z", "M20 21a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z");
  svg.children[1].setAttribute("class", "back");
  svg.children[2].setAttribute("fill", "currentColor");
  return svg;
}
