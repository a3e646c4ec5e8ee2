/** What a headset needs and node can check: pace, fewer triangles, where the panel's buttons are. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { coarsen } from '../../static/src/coarse.js';
import { Pace } from '../../static/src/pace.js';
import { BUTTONS, buttonAt, PANEL } from '../../static/src/panellayout.js';

/** Advice given over some seconds of frames. */
const run = (pace, seconds, interval) => {
  const given = [];
  for (let i = 0, ms = 0; ms < seconds * 1000; i++) {
    const dt = interval(i);
    ms += dt;
    const advice = pace.frame(dt);
    if (advice) given.push(advice);
  }
  return given;
};

test('frames in time are never punished, and after a good while a higher rate is tried, once', () => {
  assert.deepEqual(run(new Pace(72), 60, (i) => 13.9 + (i % 3)), ['faster']);
  assert.deepEqual(run(new Pace(72), 5, () => 13.9), []);
});

test('now and then a late frame is forgiven, though nothing faster is asked for', () => {
  assert.deepEqual(run(new Pace(72), 30, (i) => (i % 50 ? 13.9 : 28)), []);
});

test('late frames step down, once a while, not once a frame', () => {
  const given = run(new Pace(72), 10, (i) => (i % 3 ? 13.9 : 28));
  assert.ok(given.length >= 3 && given.length <= 6, String(given));
  assert.ok(given.every((advice) => advice === 'down'));
  assert.ok(run(new Pace(72), 10, () => 500).includes('down'), 'a very slow device as well');
});

test('what is late at the higher rate goes back to the rate before, and stays there', () => {
  const pace = new Pace(72);
  assert.deepEqual(run(pace, 8, () => 13.9), ['faster']);
  pace.rate = 90;
  assert.deepEqual(run(pace, 2.5, (i) => (i % 2 ? 11 : 22)), ['slower']);
  pace.rate = 72;
  assert.deepEqual(run(pace, 60, () => 13.9), []);
});

/** A sphere of 2 m with a nearer patch, on a grid with its seam twice. */
function grid(rows, columns) {
  const [places, us, index] = [[], [], []];
  for (let i = 0; i <= rows; i++) {
    for (let j = 0; j <= columns; j++) {
      const [p, t] = [(Math.PI * (i + 0.5)) / (rows + 1), (2 * Math.PI * j) / columns - Math.PI];
      const r = j > columns * 0.4 && j < columns * 0.6 && i > rows * 0.4 ? 1 : 2;
      places.push([r * Math.sin(p) * Math.sin(t), r * Math.cos(p), -r * Math.sin(p) * Math.cos(t)]);
      us.push(j / columns);
      const a = i * (columns + 1) + j;
      if (i < rows && j < columns) index.push(a, a + columns + 1, a + 1, a + 1, a + columns + 1, a + columns + 2);
    }
  }
  return { places, us, index };
}

/** As a mesh says it. */
const surface = ({ places }) => ({ place: (i) => places[i], vertices: places.length });

test('fewer triangles, the same surface: closed at the seam, near things stay near', () => {
  const { places, us, index } = grid(96, 192);
  const most = index.length / 3 / 3;
  const coarse = coarsen(surface({ places }), index, most);
  assert.ok(coarse.length / 3 <= most && coarse.length / 3 > most / 4, `${coarse.length / 3} of ${index.length / 3}`);
  for (let i = 0; i < coarse.length; i += 3) {
    const [a, b, c] = coarse.subarray(i, i + 3);
    assert.ok(a !== b && b !== c && c !== a);
  }
  const radii = [...new Set(coarse)].map((i) => Math.hypot(...places[i]));
  assert.ok(radii.some((r) => r < 1.01) && radii.some((r) => r > 1.99));
  // An edge belongs to two triangles, but for the seam and the two open rings at the poles: nothing is torn.
  const edges = new Map();
  for (let i = 0; i < coarse.length; i += 3) {
    for (const [a, b] of [[0, 1], [1, 2], [2, 0]].map(([p, q]) => [coarse[i + p], coarse[i + q]].sort((x, y) => x - y))) {
      edges.set(`${a} ${b}`, (edges.get(`${a} ${b}`) ?? 0) + 1);
    }
  }
  const torn = [...edges].filter(([key, count]) => {
    const [a, b] = key.split(' ').map(Number);
    const rim = (i) => us[i] === 0 || us[i] === 1 || Math.abs(places[i][1]) > 1.9;
    return count === 1 && !(rim(a) && rim(b));
  });
  assert.ok(torn.length < edges.size * 0.005, `${torn.length} of ${edges.size}`);
});

test('a mesh that is small enough is left alone', () => {
  const { places, us, index } = grid(8, 16);
  assert.deepEqual([...coarsen(surface({ places }), index, 1e6)], index);
});

test('vertices of two pictures never become one, or one would be painted with the other', () => {
  const { places, index } = grid(48, 96);
  const count = places.length;
  // The same surface twice, once in each picture, a millimetre apart.
  const both = surface({ places: [...places, ...places.map((at) => at.map((value) => value * 1.0005))] });
  const corners = [...index, ...index.map((i) => i + count)];
  const coarse = coarsen({ ...both, picture: (i) => Math.floor(i / count) }, corners, 1600);
  assert.ok(coarse.length / 3 <= 1600);
  const second = [...coarse].filter((i) => i >= count).length;
  assert.ok(Math.abs(second / coarse.length - 0.5) < 0.02, `${second} of ${coarse.length}`);
});

test('two parts that meet still meet', () => {
  const { places, us, index } = grid(96, 192);
  const middle = places.length >> 1;
  const row = 193;
  // The lower half has its own copy of the row where they meet, as two parts of a file have.
  const cut = Math.floor(middle / row) * row;
  const all = [...places, ...places.slice(cut, cut + row)];
  const below = (/** @type {number} */ t) => Math.max(index[3 * t], index[3 * t + 1], index[3 * t + 2]) >= cut + row;
  const corners = index.map((i, at) => (below(Math.floor(at / 3)) && i >= cut && i < cut + row ? places.length + i - cut : i));
  const coarse = coarsen(surface({ places: all }), corners, 6000);
  assert.ok(coarse.length / 3 <= 6000 && us.length === places.length);
  const used = new Set(coarse);
  for (let i = 0; i < row; i++) assert.equal(used.has(cut + i), used.has(places.length + i), 'on both sides or on none');
});

test('the number asked for is kept whatever comes: nothing but seams, nothing but shreds', () => {
  const { places, index } = grid(96, 192);
  // Each triangle with corners of its own: every vertex shares its place.
  const own = surface({ places: index.map((i) => places[i]) });
  const seams = coarsen(own, index.map((_, i) => i), 2000);
  assert.ok(seams.length / 3 <= 2000 && seams.length / 3 > 400, `${seams.length / 3}`);
  // Long shreds in all directions: no cell makes them few.
  const some = (i) => ((Math.sin(i * 12.9898) * 43758.5453) % 1 + 1) % 1 * 2 - 1;
  const shreds = Array.from({ length: 9000 }, (_, i) => [some(3 * i), some(3 * i + 1), some(3 * i + 2)]);
  const all = Array.from({ length: 9000 }, (_, i) => i);
  const kept = coarsen({ place: (i) => shreds[i], vertices: 9000 }, all, 200);
  assert.equal(kept.length / 3, 200);
});

test("the panel's buttons are large, lie inside, and each is found at its middle and nowhere else", () => {
  for (const [name, { x, y, width, height }] of Object.entries(BUTTONS)) {
    assert.equal(buttonAt((x + width / 2) / PANEL.width, 1 - (y + height / 2) / PANEL.height), name);
    assert.ok(x >= 0 && y >= 0 && x + width <= PANEL.width && y + height <= PANEL.height);
    const metres = (Math.min(width, height) / PANEL.width) * PANEL.metres;
    assert.ok((Math.atan(metres / 1.05) * 180) / Math.PI > 3, `${name}: three degrees for an unsteady hand`);
  }
  assert.equal(buttonAt(0.5, 0.999), null);
});
