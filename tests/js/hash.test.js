import assert from 'node:assert/strict';
import test from 'node:test';
import { decodeView, encodeView, LOOKS, STEREOS } from '../../static/src/hash.js';
import { FOV_DEFAULT, FOV_MAX, HOME } from '../../static/src/look.js';

test('a view survives the link', () => {
  for (let i = 0; i < 100; i++) {
    const part = (seed, size) => Math.round(Math.sin(i * seed) * size * 100) / 100;
    const view = {
      pose: { x: part(1.1, 0.2), y: part(1.7, 0.2), z: part(2.3, 0.2), yaw: Math.round(part(3.1, 179)), pitch: Math.round(part(0.7, 89)) },
      fov: 40 + (i % 50),
      look: LOOKS[i % 5],
      stereo: STEREOS[i % 3],
      depthStrength: (i % 16) / 10,
    };
    const back = decodeView('#' + encodeView(view)) ?? { pose: { ...HOME }, fov: FOV_DEFAULT };
    for (const key of Object.keys(view.pose)) assert.ok(Math.abs(back.pose[key] - view.pose[key]) < 1e-9, key);
    for (const key of ['fov', 'look', 'stereo', 'depthStrength']) assert.equal(back[key], view[key]);
  }
});

test('the start is an empty hash, and a foreign hash says nothing', () => {
  assert.equal(encodeView({ pose: { ...HOME, yaw: 0.01, x: -0.001 }, fov: FOV_DEFAULT }), '');
  for (const hash of ['', '#', '#section-2', '#yaw=', '#yaw=1e5', '#yaw=NaN', '#x=<script>']) assert.equal(decodeView(hash), null);
});

test('what anyone may write into a link becomes an allowed view', () => {
  const { pose, fov } = decodeView('#yaw=725&pitch=999&x=9&fov=999&toString=1&yaw=3');
  assert.deepEqual([pose.yaw, pose.pitch, pose.x, fov], [5, 90, 0.5, FOV_MAX]);
});

test('a look that nobody knows is left out', () => {
  assert.equal(decodeView('#look=evil'), null);
  assert.equal(decodeView('#look=toString&stereo=__proto__'), null);
  const view = decodeView('#look=depth&stereo=anaglyph&depth=7');
  assert.deepEqual([view.look, view.stereo, view.depthStrength, view.fov], ['depth', 'anaglyph', 1.5, FOV_DEFAULT]);
});
