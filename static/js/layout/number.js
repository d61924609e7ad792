/** How numbers are written, everywhere on the page. */

const MINUS = "\u2212";

/**
 * The number behind a value on the wire, where the non-finite ones are names.
 * @param {number | string | null | undefined} value
 * @returns {number}
 */
export function toNumber(value) {
  return typeof value === "number" ? value : Number(value ?? NaN);
}

/**
 * `value` to so many significant digits, with a true minus sign.
 * @param {number | string | null | undefined} value
 * @param {{digits?: number, sign?: boolean}} [options] `sign` puts a plus before positive values
 * @returns {string}
 */
export function formatNumber(value, { digits = 3, sign = false } = {}) {
  const number = toNumber(value);
  if (Number.isNaN(number)) return "NaN";
  const before = number < 0 ? MINUS : sign && number > 0 ? "+" : "";
  const size = Math.abs(number);
  if (size === Infinity) return `${before}\u221e`;
  if (size === 0) return "0";
  const [mantissa, exponent] = size.toExponential(digits - 1).split("e");
  const power = Number(exponent);
  if (power < -3 || power > Math.max(digits, 4)) return `${before}${trim(mantissa)}e${power < 0 ? MINUS : ""}${Math.abs(power)}`;
  return before + trim(size.toFixed(Math.max(0, digits - 1 - power)));
}

/** @param {string} text */
function trim(text) {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
