/** How large the columns of a network are, and how far apart. */

/** @typedef {import("./trace.js").UnitsTrace} Trace */
/** @typedef {import("./layout.js").Box} Box */
/** @typedef {import("./layout.js").Form} Form */
/** @typedef {import("./curve.js").Point} Point */
/** @typedef {{form: Form, w: number, h: number, count: number, pitch: number}} ColumnSize */
/**
 * @typedef {object} Measures
 * @property {boolean} down
 * @property {number} scale
 * @property {number} gap between columns
 * @property {number} foot baseline of the columns' labels
 * @property {ColumnSize[]} columns the input, every layer, the loss
 * @property {(column: number, index?: number) => Box} box
 * @property {(box: Box) => Point} entry where the forward pass arrives
 * @property {(box: Box) => Point} exit where it leaves
 */

const MOST_INSTRUMENTS = 8;
const MOST_DISCS = 24;
const SMALLEST = { w: 100, h: 62 };

/**
 * @param {Trace} trace
 * @param {{width: number, height: number}} stage
 * @returns {Measures}
 */
export function measure(trace, { width, height }) {
  const down = width < 560;
  const scale = Math.min(1.7, Math.max(0.75, Math.min(width / 800, height / 600)));
  const top = down ? 26 : 64;
  const bottom = down ? 14 : 46;
  const side = down ? 14 : Math.max(20, Math.min(56, width * 0.035));
  const [flow, cross] = down
    ? [height - top - bottom, width - 2 * side]
    : [width - 2 * side, height - top - bottom];
  const columns = sizeColumns(trace, { flow, cross, down, scale });
  const long = columns.map(({ w, h }) => (down ? h : w));
  const used = long.reduce((a, b) => a + b, 0);
  const gap = Math.max(4, Math.min((flow - used) / (columns.length - 1), 210 * scale));
  const start = (down ? top : side) + (flow - used - gap * (columns.length - 1)) / 2;
  const centers = long.map((size, i) => start + long.slice(0, i).reduce((a, b) => a + b + gap, 0) + size / 2);
  const middle = (down ? side : top) + cross / 2;
  return {
    down,
    scale,
    gap,
    foot: height - 20,
    columns,
    box(column, index = 0) {
      const { w, h, count, pitch } = columns[column];
      const across = middle + (index - (count - 1) / 2) * pitch;
      return { x: down ? across : centers[column], y: down ? centers[column] : across, w, h };
    },
    entry: ({ x, y, w, h }) => (down ? { x, y: y - h / 2 } : { x: x - w / 2, y }),
    exit: ({ x, y, w, h }) => (down ? { x, y: y + h / 2 } : { x: x + w / 2, y }),
  };
}

/**
 * @param {Trace} trace
 * @param {{flow: number, cross: number, down: boolean, scale: number}} room
 * @returns {ColumnSize[]}
 */
function sizeColumns(trace, { flow, cross, down, scale }) {
  const depth = trace.layers.length - 1;
  const most = Math.max(...trace.layers.slice(1).map(({ units }) => units));
  const loss = down
    ? { w: Math.min(190, cross * 0.5), h: Math.min(74, Math.max(46, flow * 0.16)) }
    : { w: Math.min(156 * scale, Math.max(92, flow * 0.19)), h: Math.min(150 * scale, Math.max(96, cross * 0.3)) };
  const input = Math.min(56 * scale, (cross / trace.layers[0].units) * 0.62, down ? 36 : 60);
  const fixed = input + (down ? loss.h : loss.w);
  /** @param {number} least */
  const share = (least) => (flow - fixed - (depth + 1) * least) / depth;
  const airy = share(down ? 34 : Math.min(130, Math.max(60, flow * 0.12)));
  const left = airy >= SMALLEST.w || down ? airy : share(Math.min(60, flow * 0.08));
  const pitch = cross / Math.min(most, MOST_INSTRUMENTS);
  const w = Math.min(240 * scale, down ? pitch - 12 : left);
  const h = Math.min(206 * scale, down ? left : pitch * 0.74, w * (w < 180 ? 0.78 : 0.9));
  const instruments = w >= SMALLEST.w && h >= SMALLEST.h;
  const columns = trace.layers.map(({ units }, layer) => {
    const spread = cross / units;
    const near = down ? w + 40 : h * 1.62;
    if (layer > 0 && instruments && units <= MOST_INSTRUMENTS) {
      return { form: /** @type {Form} */ ("instrument"), w: Math.min(w, h * 1.5), h, count: units, pitch: Math.min(spread, near) };
    }
    if (units > MOST_DISCS) {
      const cell = { w: down ? spread : 26 * scale, h: down ? 20 : spread };
      return { form: /** @type {Form} */ ("cell"), ...cell, count: units, pitch: spread };
    }
    const room = Math.max(down ? Math.min(30, (flow - fixed) / (2 * depth + 1)) : 38, left);
    const size = Math.max(7, Math.min(layer ? 60 * scale : input, spread * 0.72, room));
    const apart = layer ? Math.max(110 * scale, size * 2) : Math.max(150 * scale, near);
    return { form: /** @type {Form} */ ("disc"), w: size, h: size, count: units, pitch: Math.min(spread, apart) };
  });
  return [...columns, { form: "disc", ...loss, count: 1, pitch: cross }];
}
