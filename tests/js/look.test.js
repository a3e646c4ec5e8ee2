import assert from 'node:assert/strict';
import test from 'node:test';
import { allowed, approach, approachPose, directionThrough, framePoint, grabbed, HOME, stepped, verticalFov, wrapDegrees } from '../../static/src/look.js';
import { HEAD_RADIUS_M } from '../../static/src/headbox.js';

const near = (a, b, tolerance = 1e-9) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);
const unit = (v) => v.map((x) => x / Math.hypot(...v));
const noise = (i) => 2 * ((Math.sin(i * 12.9898) * 43758.5453) % 1); // in (-2, 2), the same at each run

test('angles wrap to [-180, 180)', () => {
  assert.deepEqual([0, 180, -180, 190, -190, 720, 539].map(wrapDegrees), [0, -180, -180, -170, 170, 0, 179]);
});

test('a pose stays in the head box and is otherwise what was asked for', () => {
  const far = allowed({ x: 3, y: 4, z: 0, yaw: 400, pitch: 120 });
  near(Math.hypot(far.x, far.y, far.z), HEAD_RADIUS_M);
  near(far.y / far.x, 4 / 3);
  assert.deepEqual([far.yaw, far.pitch], [40, 90]);
  assert.deepEqual(allowed({ yaw: NaN, pitch: Infinity, x: 'no' }, { ...HOME, yaw: 5 }), { ...HOME, yaw: 5 });
});

test('axes: yaw 0 looks along -Z, 90 along +X, pitch 90 along +Y', () => {
  const ahead = (yaw, pitch) => directionThrough({ yaw, pitch }, [0, 0]).map((x) => Math.round(x * 1e9) / 1e9 + 0);
  assert.deepEqual(ahead(0, 0), [0, 0, -1]);
  assert.deepEqual(ahead(90, 0), [1, 0, 0]);
  assert.deepEqual(ahead(0, 90), [0, 1, 0]);
  const step = stepped({ ...HOME, yaw: 90 }, { forward: 0.1, up: 0.2 });
  [step.x, step.y, step.z].forEach((value, i) => near(value, [0.1, 0.2, 0][i]));
});

test('easing does not depend on the frame rate', () => {
  let slow = 0;
  let fast = 0;
  for (let i = 0; i < 6; i++) slow = approach(slow, 1, 32, 70);
  for (let i = 0; i < 24; i++) fast = approach(fast, 1, 8, 70);
  near(slow, fast);
});

test('easing takes the short way round and ends exactly', () => {
  let pose = { ...HOME, yaw: 170 };
  const goal = { ...HOME, yaw: -170, x: 0.1 };
  const first = approachPose(pose, goal, 16, 70);
  assert.ok(first.yaw > 170 || first.yaw < -170);
  for (let i = 0; i < 100; i++) pose = approachPose(pose, goal, 16, 70);
  assert.deepEqual(pose, goal);
});

test('what is grabbed stays under the pointer', () => {
  for (let i = 0; i < 500; i++) {
    const pose = { ...HOME, yaw: noise(i) * 90, pitch: noise(i + 1000) * 20 }; // beyond, some places can no longer be reached
    const from = framePoint(320 + noise(i + 2000) * 150, 200 + noise(i + 3000) * 90, 640, 400, 70);
    const to = [from[0] + noise(i + 4000) * 0.05, from[1] + noise(i + 5000) * 0.05];
    const held = directionThrough(pose, from);
    const next = grabbed(pose, held, to);
    const seen = unit(directionThrough(next, to));
    unit(held).forEach((value, axis) => near(seen[axis], value, 1e-6));
  }
});

test('a grab without a movement changes nothing, even beyond the pole', () => {
  for (const pitch of [-89, -60, 0, 75, 89]) {
    for (const point of [[0, 0], [0.5, 0.6], [-0.8, 0.9], [0.2, -0.9]]) {
      const pose = { ...HOME, yaw: 33, pitch };
      const next = grabbed(pose, directionThrough(pose, point), point);
      near(next.pitch, pitch, 1e-6);
      near(wrapDegrees(next.yaw - 33), 0, 1e-6);
    }
  }
});

test('the field of view: itself on a wide frame, between keyhole and fish eye on a tall one', () => {
  near(verticalFov(70, 16 / 9), 70);
  const tall = verticalFov(70, 9 / 19.5);
  assert.ok(tall > 70 && tall < 100, String(tall));
});
