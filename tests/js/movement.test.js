/** Movements from elsewhere than the hand on the picture: motion itself, sway, swell, tilt, gamepad. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { wishes } from '../../static/src/gamepad.js';
import { HOME } from '../../static/src/look.js';
import { Motion } from '../../static/src/motion.js';
import { SWAY_MS, swayAt, SWELL_MS, swellAt } from '../../static/src/sway.js';
import { lookThrough } from '../../static/src/tilt.js';

const near = (a, b, tolerance = 1e-9) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);
const pad = (axes = [0, 0, 0, 0], pressed = {}) => ({
  axes,
  buttons: Array.from({ length: 17 }, (_, i) => ({ value: pressed[i] ?? 0, pressed: i in pressed })),
});

test('a movement ends exactly on its goal and then asks for nothing', () => {
  let woken = 0;
  const motion = new Motion(() => woken++);
  motion.turn(10, 5);
  motion.lean({ right: 0.1 });
  assert.equal(woken, 2);
  assert.equal(motion.view.pose.yaw, 0);
  let frames = 0;
  while (motion.step(16)) assert.ok(++frames < 200);
  assert.equal(motion.view.pose.yaw, 10);
  assert.equal(motion.step(16), false);
  motion.recentre();
  while (motion.step(16));
  assert.deepEqual(motion.view.pose, HOME);
});

test('who wants no gliding gets the goal at once', () => {
  const motion = new Motion(() => {}, () => true);
  motion.turn(30, 0);
  assert.equal(motion.view.pose.yaw, 30);
  assert.equal(motion.step(16), false);
});

test('depth swells from nothing to all, never back', () => {
  assert.deepEqual([swellAt(0), swellAt(SWELL_MS), swellAt(SWELL_MS * 9)], [0, 1, 1]);
  for (let ms = 0; ms < SWELL_MS; ms += 10) assert.ok(swellAt(ms + 10) >= swellAt(ms));
});

test('the sway begins and ends at rest, and is small and slow', () => {
  for (const ms of [-5, 0, SWAY_MS, SWAY_MS + 1, NaN]) assert.deepEqual(swayAt(ms), { right: 0, up: 0 });
  let widest = 0;
  for (let ms = 0; ms < SWAY_MS; ms += 16) {
    const [a, b] = [swayAt(ms), swayAt(ms + 16)];
    widest = Math.max(widest, Math.abs(a.right));
    assert.ok(Math.abs(b.right - a.right) / 0.016 < 0.2, 'metres a second');
  }
  assert.ok(widest > 0.04 && widest < 0.1);
});

test('a phone is a window: what its back points at is what is seen', () => {
  const looks = (alpha, beta, gamma, yaw, pitch) => {
    const found = lookThrough(alpha, beta, gamma);
    near(found.pitch, pitch, 1e-6);
    if (Math.abs(pitch) < 89) near(((found.yaw - yaw + 540) % 360) - 180, 0, 1e-6);
  };
  looks(0, 90, 0, 0, 0); // upright, facing north
  looks(90, 90, 0, -90, 0); // alpha grows to the left: west
  looks(-45, 90, 0, 45, 0);
  looks(0, 0, 0, 0, -90); // flat on the table
  looks(0, 120, 0, 0, 30); // leaned back: up
  looks(0, 60, 0, 0, -30);
  looks(0, 0, -90, 90, 0); // on its left edge, held sideways: the back points east
  looks(0, 90, 0.5, -0.5, 0);
});

test('a gamepad at rest, and a worn one nearly so, wishes nothing', () => {
  assert.equal(wishes(pad()), null);
  assert.equal(wishes(pad([0.1, -0.14, 0.05, 0.1])), null);
  assert.equal(wishes({ axes: [], buttons: [] }), null);
});

test('sticks look and lean, shoulders zoom, a button faces forward', () => {
  const right = wishes(pad([0, 0, 1, 0]));
  assert.ok(right.yaw > 50 && right.pitch === 0);
  assert.ok(wishes(pad([0, 0, 0, -1])).pitch > 50, 'stick up looks up');
  assert.ok(wishes(pad([0, -1, 0, 0])).forward > 0.2, 'stick up leans forward');
  assert.ok(wishes(pad([1, 0, 0, 0])).right > 0.2);
  assert.ok(wishes(pad([0, 0, 0.5, 0])).yaw < right.yaw / 3, 'a small push aims finely');
  assert.ok(wishes(pad(undefined, { 7: 1 })).zoom < 1 && wishes(pad(undefined, { 6: 1 })).zoom > 1);
  assert.equal(wishes(pad(undefined, { 3: 1 })).recentre, true);
});
