/**
 * How far things are, how strongly that is shown, and in which colours. Pure, no imports, tested by node.
 *
 * Strength s moves a point along its ray from distance r to r' with 1/r' = s/r + (1 − s)/R. What an eye notices when
 * the
 * head moves is parallax, and parallax is proportional to 1/r: so it is 1/r that is blended, and every parallax grows
 * or
 * shrinks by the same share. (Blending r itself would stretch the far walls by metres before the near table stirs.) R
 * is
 * the scene's mean in the same measure, so that the world keeps its size: at 0 it is a sphere of radius R, at 1 itself,
 * above that its relief is exaggerated about R.
 */

export const STRENGTH_DEFAULT = 1;
export const STRENGTH_MAX = 1.5;
/** Never quite flat: at exactly 0 all layers would lie on one sphere and flicker through each other. */
export const STRENGTH_LEAST = 0.02;
/** What is exaggerated beyond infinity ends at this many times its distance; one factor for all keeps their order. */
export const FARTHEST = 10;

/** Of the scale's colours: a sky far behind the place would leave the place itself a single hue. */
const FAR_FACTOR = 100;

/** @typedef {{ meanM: number, nearM: number, farM: number, houseM: number }} Depth see `summary` */

/** @type {Readonly<Depth>} */
export const NO_DEPTH = Object.freeze({ meanM: 3, nearM: 1, farM: 10, houseM: 9 });

/** The shader in shade.js says the same. @param {number} r metres @param {number} strength @param {number} meanM */
export function swollen(r, strength, meanM) {
  const s = Math.max(strength, STRENGTH_LEAST);
  return 1 / Math.max(s / r + (1 - s) / meanM, 1 / (FARTHEST * r));
}

/**
 * What a scene's distances come to, each sample weighted by how much of the eye's sphere it fills.
 * @param {ArrayLike<number>} distances metres, > 0 @param {ArrayLike<number>} weights of the same length, ≥ 0
 * @returns {Depth} meanM: one over the mean of 1/r; nearM, farM: what the depth look's colours span; houseM: how far
 * a model of the
 * place seen from outside reaches, since with the whole sky it would be a speck
 */
export function summary(distances, weights) {
  const order = Array.from(distances, (_, i) => i)
    .filter((i) => weights[i] > 0 && distances[i] > 0)
    .sort((a, b) => distances[a] - distances[b]);
  let total = 0;
  let inverse = 0;
  for (const i of order) {
    total += weights[i];
    inverse += weights[i] / distances[i];
  }
  if (!(total > 0)) return { ...NO_DEPTH };
  const quantile = (/** @type {number} */ share) => {
    let sum = 0;
    for (const i of order) if ((sum += weights[i]) >= share * total) return distances[i];
    return distances[order[order.length - 1]];
  };
  const meanM = total / inverse;
  const nearM = quantile(0.01);
  const farM = Math.min(Math.max(quantile(0.99), nearM * 1.5), nearM * FAR_FACTOR);
  return { meanM, nearM, farM, houseM: Math.min(quantile(1), 3 * meanM) * 1.01 };
}

/**
 * Triangle by triangle, the distance of its middle and the share of the eye's sphere it fills. Large meshes are
 * sampled.
 * @param {(corner: number) => [number, number, number]} corner position in metres of the i-th corner, three a triangle
 * @param {number} triangles @param {number} [most] how many are looked at
 * @returns {{ distances: number[], weights: number[] }}
 */
export function sampleTriangles(corner, triangles, most = 30_000) {
  const step = Math.max(1, Math.floor(triangles / most));
  const distances = [];
  const weights = [];
  for (let i = 0; i < triangles; i += step) {
    const [a, b, c] = [corner(3 * i), corner(3 * i + 1), corner(3 * i + 2)];
    const [la, lb, lc] = [a, b, c].map((v) => Math.hypot(...v) || 1e-9);
    distances.push((la + lb + lc) / 3);
    // For a small triangle its solid angle is half the volume that the three unit rays span.
    const volume =
      a[0] * (b[1] * c[2] - b[2] * c[1]) + a[1] * (b[2] * c[0] - b[0] * c[2]) + a[2] * (b[0] * c[1] - b[1] * c[0]);
    weights.push((step * Math.abs(volume)) / (2 * la * lb * lc));
  }
  return { distances, weights };
}

/** Near to far, sRGB 0 to 255: as in panorama/preview.py, warm is near and blue is far. */
export const RAMP = /** @type {const} */ ([
  [196, 34, 26], [242, 142, 44], [222, 212, 70], [70, 194, 122], [35, 152, 190], [44, 82, 178], [24, 22, 66],
]);

/** Where a distance stands on the scale, 0 near to 1 far: equal steps for equal factors. @param {number} r metres
 * @param {Pick<Depth, 'nearM' | 'farM'>} depth */
export function onScale(r, { nearM, farM }) {
  return Math.min(1, Math.max(0, Math.log(r / nearM) / Math.log(farM / nearM)));
}

/**
 * Round distances to write on the scale: 1, 2, 5, 10 … between near and far, not too many.
 * @param {Pick<Depth, 'nearM' | 'farM'>} depth @param {number} [most] @returns {number[]} metres, growing
 */
export function ticks({ nearM, farM }, most = 5) {
  for (const steps of [[1, 2, 5], [1, 3], [1]]) {
    const found = [];
    for (let power = Math.floor(Math.log10(nearM)); power <= Math.log10(farM); power++) {
      for (const step of steps) {
        const value = Number((step * 10 ** power).toPrecision(1));
        if (value >= nearM && value <= farM) found.push(value);
      }
    }
    if (found.length <= most || steps.length === 1) return found.slice(0, most);
  }
  return [];
}
