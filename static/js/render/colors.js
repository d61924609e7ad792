/** The colors behind tokens, for canvases, which know nothing of `var()` and `light-dark()`. */

/**
 * @param {HTMLElement} element where the tokens hold
 * @returns {{resolve(token: string): string, forget(): void}} `rgb(…)` by token; `forget` when the
 *   theme is another
 */
export function createColors(element) {
  const probe = document.createElement("i");
  probe.hidden = true;
  element.append(probe);
  /** @type {Map<string, string>} */
  const known = new Map();
  return {
    resolve(token) {
      let color = known.get(token);
      if (color === undefined) {
        probe.style.color = `var(--${token})`;
        known.set(token, (color = getComputedStyle(probe).color));
      }
      return color;
    },
    forget: () => known.clear(),
  };
}
