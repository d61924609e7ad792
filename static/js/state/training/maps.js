/** The maps of a frame as numbers. */

/** @typedef {{size: number, values: Float32Array}} Map2 values by y and x, or by x alone */
/** @typedef {{x: [number, number], y: [number, number], axes: number, outputs: Map2[], units: Map<string, Map2>}} Maps */

/**
 * @param {any} grid as a frame has it, encoded as float32
 * @returns {Maps | null}
 */
export function readMaps(grid) {
  if (!grid) return null;
  const outputs = decode(grid.outputs);
  // One input has no y axis: as many numbers as there are places along x.
  const axes = outputs.length % (grid.size * grid.size) === 0 && outputs.length >= grid.size * grid.size ? 2 : 1;
  const units = new Map();
  for (const [layer, text] of Object.entries(grid.units)) {
    slice(decode(/** @type {string} */ (text)), grid.units_size, axes).forEach((map, i) => units.set(`${layer}[${i}]`, map));
  }
  return { x: grid.x, y: grid.y, axes, outputs: slice(outputs, grid.size, axes), units };
}

/** @param {Float32Array} values @param {number} size @param {number} axes @returns {Map2[]} */
function slice(values, size, axes) {
  const length = size ** axes;
  return Array.from({ length: values.length / length }, (_, i) => ({ size, values: values.subarray(i * length, (i + 1) * length) }));
}

/** @param {string} text base64 of little-endian float32 */
function decode(text) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return new Float32Array(bytes.buffer);
}
