import assert from 'node:assert/strict';
import test from 'node:test';
import { onScale, RAMP, sampleTriangles, STRENGTH_MAX, summary, swollen, ticks } from '../../static/src/depth.js';

const near = (a, b, tolerance = 1e-9) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);

test('strength 1 is the scene, and strength 0 is as good as a sphere of its mean distance', () => {
  for (const r of [0.5, 1, 3, 20, 1000]) {
    near(swollen(r, 1, 3), r, 1e-9 * r);
    near(swollen(r, 0, 3), 3, 0.4);
  }
});

test('what is nearer stays nearer, at every strength', () => {
  for (let strength = 0; strength <= STRENGTH_MAX; strength += 0.05) {
    let last = 0;
    for (let r = 0.3; r < 5000; r *= 1.1) {
      const now = swollen(r, strength, 4);
      assert.ok(now > last && Number.isFinite(now), `${strength} ${r}`);
      last = now;
    }
  }
});

test('parallax about the mean grows with the strength by the same share for all', () => {
  const relief = (r, s) => 1 / swollen(r, s, 4) - 1 / 4;
  for (const r of [1, 2, 8]) for (const s of [0.25, 0.5, 1.2]) near(relief(r, s) / relief(r, 1), s);
});

test('a sphere of triangles fills the eye once, and its mean is its radius', () => {
  const corners = [];
  const at = (i, j) => {
    const [p, t] = [(Math.PI * i) / 40, (2 * Math.PI * j) / 80];
    return [2 * Math.sin(p) * Math.cos(t), 2 * Math.cos(p), 2 * Math.sin(p) * Math.sin(t)];
  };
  for (let i = 0; i < 40; i++) {
    for (let j = 0; j < 80; j++) corners.push(at(i, j), at(i + 1, j), at(i, j + 1), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1));
  }
  for (const most of [1e6, 1000]) {
    const { distances, weights } = sampleTriangles((i) => corners[i], corners.length / 3, most);
    near(weights.reduce((sum, weight) => sum + weight), 4 * Math.PI, most > 1e4 ? 0.05 : 0.7);
    near(summary(distances, weights).meanM, 2, 1e-6);
  }
});

test('the summary follows what fills the eye, not how finely it is cut', () => {
  const coarse = summary([2, 10], [1, 1]);
  const fine = summary([...Array(1000).fill(2), 10], [...Array(1000).fill(0.001), 1]);
  near(coarse.meanM, 1 / ((1 / 2 + 1 / 10) / 2));
  near(fine.meanM, coarse.meanM, 1e-6);
  assert.ok(summary([], []).meanM > 0, 'a scene without a surface has a scale all the same');
});

test('the scale: near at 0, far at 1, round distances between', () => {
  for (const [nearM, farM] of [[1.2, 6], [0.9, 250], [1.6, 160], [2, 3]]) {
    const depth = { nearM, farM };
    near(onScale(nearM, depth), 0);
    near(onScale(farM, depth), 1);
    const marks = ticks(depth);
    assert.ok(marks.length >= 1 && marks.length <= 5, String(marks));
    for (const mark of marks) assert.ok(mark >= nearM && mark <= farM && /^[1-9]0*$/.test(String(mark)), String(mark));
    assert.deepEqual(marks, [...marks].sort((a, b) => a - b));
  }
  assert.equal(RAMP.length, 7);
});
