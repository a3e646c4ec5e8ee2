import assert from 'node:assert/strict';
import test from 'node:test';
import { fade, HEAD_RADIUS_M, softStep } from '../../static/src/headbox.js';

const near = (a, b, tolerance = 1e-9) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);
const noise = (i) => (Math.sin(i * 12.9898) * 43758.5453) % 1; // in (-1, 1), the same at each run

test('in the middle a step is a step', () => {
  assert.deepEqual(softStep([0.1, 0, 0], [0.05, 0.1, -0.1]), [0.1 + 0.05, 0.1, -0.1]);
});

test('no number of steps leads out, and each one outwards is shorter than the one before', () => {
  let at = [0, 0, 0];
  let last = Infinity;
  for (let i = 0; i < 60; i++) {
    const next = softStep(at, [0.05, 0, 0]);
    const way = next[0] - at[0];
    assert.ok(way > 0 && way <= last + 1e-12);
    [last, at] = [way, next];
  }
  assert.ok(at[0] > HEAD_RADIUS_M - 0.01 && at[0] < HEAD_RADIUS_M);
  assert.ok(Math.hypot(...softStep([0, 0, 0], [9, 9, 9])) <= HEAD_RADIUS_M);
});

test('the way back is free from the first centimetre', () => {
  near(softStep([0.49, 0, 0], [-0.05, 0, 0])[0], 0.44);
});

test('small steps lead where a large one leads: the same at any frame rate', () => {
  const small = Array.from({ length: 40 }).reduce((at) => softStep(at, [0.01, 0.005, 0]), [0.1, 0.05, 0]);
  softStep([0.1, 0.05, 0], [0.4, 0.2, 0]).forEach((value, axis) => near(small[axis], value, 1e-9));
});

test('along the edge one slides', () => {
  const [x, y] = softStep([0.49, 0, 0], [0, 0.05, 0]);
  assert.ok(y > 0.045 && Math.hypot(x, y) < HEAD_RADIUS_M);
  for (let i = 0; i < 300; i++) {
    const from = [noise(i), noise(i + 500), noise(i + 900)].map((value) => value * 0.28);
    assert.ok(Math.hypot(...softStep(from, [noise(i + 1), noise(i + 2), noise(i + 3)])) <= HEAD_RADIUS_M + 1e-9);
  }
});

test('the fade in a headset: clear within, dark outside, smooth between', () => {
  assert.equal(fade(0), 0);
  assert.equal(fade(0.4), 0);
  assert.equal(fade(0.9), 1);
  for (let d = 0.4; d < 0.8; d += 0.01) assert.ok(fade(d + 0.01) >= fade(d) && fade(d + 0.01) - fade(d) < 0.07);
});
