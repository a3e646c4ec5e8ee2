/**
 * The same surface with fewer triangles, over the same vertices: only a second list of corners. Vertices that the eye
 * sees within one small cell, at about one distance, in one picture, become one of them; triangles that collapse are
 * left out. Nothing is torn, since neighbours share their new corner. Pure, no imports, tested by node.
 *
 * Two kinds of vertices stay: where two share a place, which is a seam (a picture's left and right end, or two parts of
 * a file), and where distances differ by more than a cell allows, which is where things end. A file that is nothing but
 * seams loses them too, and where even that leaves too many triangles, those go that the eye sees least of: the number
 * asked for is kept.
 */

const DEPTH_STEP = Math.log(1.2);
const DISTANCES = 256; // of DEPTH_STEP, from a micrometre
const SAME_M = 1e-4;
const FIRST_DEG = 0.5;
const LAST_DEG = 30;

/**
 * @typedef {object} Surface
 * @property {(vertex: number) => [number, number, number]} place metres
 * @property {(vertex: number) => number} [picture] a small number, -1 for none
 * @property {number} vertices
 */

/**
 * @param {Surface} surface @param {ArrayLike<number>} index three corners a triangle @param {number} most triangles
 * @returns {Uint32Array} as index
 */
export function coarsen(surface, index, most) {
  /** @type {Uint32Array} */
  let coarse = Uint32Array.from(index);
  for (const seams of [seamsOf(surface), null]) {
    for (let cell = FIRST_DEG; coarse.length / 3 > most && cell < LAST_DEG; cell *= 1.4) {
      coarse = collapsed(index, representatives(surface, cell, seams));
    }
  }
  return coarse.length / 3 > most ? largest(surface, coarse, most) : coarse;
}

/** @param {ArrayLike<number>} index @param {Uint32Array} kept @returns {Uint32Array} */
function collapsed(index, kept) {
  let length = 0;
  const next = new Uint32Array(index.length);
  for (let i = 0; i + 2 < index.length; i += 3) {
    const [a, b, c] = [kept[index[i]], kept[index[i + 1]], kept[index[i + 2]]];
    if (a === b || b === c || c === a) continue;
    next.set([a, b, c], length);
    length += 3;
  }
  return next.slice(0, length);
}

/** 1 for each vertex that has another one at its place. @param {Surface} surface */
function seamsOf({ place, vertices }) {
  const seams = new Uint8Array(vertices);
  /** @type {Map<number, number>} */
  const first = new Map();
  for (let i = 0; i < vertices; i++) {
    const [x, y, z] = place(i).map((value) => Math.round(value / SAME_M));
    // Two places of one number are rare, and then two vertices too many stay.
    const key = Math.imul(Math.imul(Math.imul(x, 73856093) + y, 19349663) + z, 83492791);
    const one = first.get(key);
    if (one === undefined) first.set(key, i);
    else seams[one] = seams[i] = 1;
  }
  return seams;
}

/** For each vertex the one that stands for it. @param {Surface} surface @param {number} cellDeg
 * @param {Uint8Array | null} seams 1 for those that stay */
function representatives({ place, picture = () => 0, vertices }, cellDeg, seams) {
  const rows = Math.ceil(180 / cellDeg);
  const kept = new Uint32Array(vertices);
  /** @type {Map<number, number>} */
  const first = new Map();
  for (let i = 0; i < vertices; i++) {
    kept[i] = i;
    if (seams?.[i]) continue;
    const [x, y, z] = place(i);
    const r = Math.hypot(x, y, z) || 1e-9;
    const row = Math.min(rows - 1, Math.floor((Math.acos(y / r) / Math.PI) * rows));
    const columns = Math.max(3, Math.round(2 * rows * Math.sin(((row + 0.5) / rows) * Math.PI)));
    const column = Math.floor((Math.atan2(x, -z) / (2 * Math.PI) + 0.5) * columns) % columns;
    const far = Math.min(DISTANCES - 1, Math.max(0, Math.floor(Math.log(r * 1e6) / DEPTH_STEP)));
    const key = (((picture(i) + 1) * DISTANCES + far) * rows + row) * 2 * rows + column;
    const one = first.get(key);
    if (one === undefined) first.set(key, i);
    else kept[i] = one;
  }
  return kept;
}

/** Those that fill most of the view. @param {Surface} surface @param {Uint32Array} index @param {number} most */
function largest({ place }, index, most) {
  const seen = Float64Array.from({ length: index.length / 3 }, (_, i) => {
    const [a, b, c] = [0, 1, 2].map((corner) => place(index[3 * i + corner]));
    const volume =
      a[0] * (b[1] * c[2] - b[2] * c[1]) + a[1] * (b[2] * c[0] - b[0] * c[2]) + a[2] * (b[0] * c[1] - b[1] * c[0]);
    return Math.abs(volume) / (Math.hypot(...a) * Math.hypot(...b) * Math.hypot(...c) || 1e-27);
  });
  const order = Uint32Array.from(seen, (_, i) => i).sort((a, b) => seen[b] - seen[a]);
  return Uint32Array.from({ length: 3 * most }, (_, i) => index[3 * order[Math.floor(i / 3)] + (i % 3)]);
}
