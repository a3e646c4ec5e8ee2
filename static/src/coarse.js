/**
 * The same surface with fewer triangles, over the same vertices: only a second list of corners. Vertices that the eye
 * sees within one small cell, at about one distance, become one of them; triangles that collapse are left out.
 * Nothing is
 * torn, since neighbours share their new corner. Pure, no imports, tested by node.
 *
 * Two kinds of vertices stay: along the picture's seam (u 0 and 1, one place, two vertices), and where distances differ
 * by more than a cell allows, which is where things end.
 */

const DEPTH_STEP = Math.log(1.2);
const SEAM = 1e-3;
const FIRST_DEG = 0.5;

/**
 * @param {(vertex: number) => [number, number, number]} place metres @param {(vertex: number) => number} u of the
 * texture
 * @param {number} vertices @param {ArrayLike<number>} index three corners a triangle @param {number} most triangles
 * @returns {Uint32Array} as index
 */
export function coarsen(place, u, vertices, index, most) {
  let coarse = Uint32Array.from(index);
  for (let cell = FIRST_DEG; coarse.length / 3 > most && cell < 30; cell *= 1.4) {
    const kept = representatives(place, u, vertices, cell);
    let length = 0;
    const next = new Uint32Array(index.length);
    for (let i = 0; i + 2 < index.length; i += 3) {
      const [a, b, c] = [kept[index[i]], kept[index[i + 1]], kept[index[i + 2]]];
      if (a === b || b === c || c === a) continue;
      next.set([a, b, c], length);
      length += 3;
    }
    coarse = next.slice(0, length);
  }
  return coarse;
}

/** For each vertex the one that stands for it. @param {(vertex: number) => [number, number, number]} place
 * @param {(vertex: number) => number} u @param {number} vertices @param {number} cellDeg */
function representatives(place, u, vertices, cellDeg) {
  const rows = Math.ceil(180 / cellDeg);
  const kept = new Uint32Array(vertices);
  /** @type {Map<string, number>} */
  const first = new Map();
  for (let i = 0; i < vertices; i++) {
    const [x, y, z] = place(i);
    const r = Math.hypot(x, y, z) || 1e-9;
    const row = Math.min(rows - 1, Math.floor((Math.acos(y / r) / Math.PI) * rows));
    const columns = Math.max(3, Math.round(2 * rows * Math.sin(((row + 0.5) / rows) * Math.PI)));
    const column = Math.floor((Math.atan2(x, -z) / (2 * Math.PI) + 0.5) * columns) % columns;
    const seam = u(i) < SEAM || u(i) > 1 - SEAM;
    const key = `${row} ${column} ${Math.floor(Math.log(r) / DEPTH_STEP)}`;
    if (seam) kept[i] = i;
    else if (first.has(key)) kept[i] = /** @type {number} */ (first.get(key));
    else {
      first.set(key, i);
      kept[i] = i;
    }
  }
  return kept;
}
