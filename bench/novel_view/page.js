/**
 * Draws a GLB from given poses and hands out the raw pixels. The loader, the sharpening and the shading are the viewer's
 * own; camera, colours and clipping planes are set as in static/src/stage.js, with a transparent background, so that a
 * hole is a pixel whose alpha stayed 0.
 */

import { NoToneMapping, PerspectiveCamera, Scene, SRGBColorSpace, WebGLRenderer } from 'three';
import { disposeScene, parseScene, sharpen } from '../../static/src/loading.js';
import { Painter } from '../../static/src/painter.js';

const NEAR_M = 0.02;
const canvas = document.createElement('canvas');
const renderer = new WebGLRenderer({ canvas, antialias: false, alpha: true, preserveDrawingBuffer: true });
renderer.toneMapping = NoToneMapping;
renderer.outputColorSpace = SRGBColorSpace;
renderer.setClearColor(0, 0);
renderer.setPixelRatio(1);
const painter = new Painter(renderer);
const scene = new Scene();
const camera = new PerspectiveCamera(90, 1, NEAR_M, 100);
camera.rotation.order = 'YXZ';
let shown = null;

/** Load the GLB at this address in place of what is shown; gives its triangles as they are drawn. */
window.load = async (address) => {
  const data = await (await fetch(address)).arrayBuffer();
  if (shown) {
    scene.remove(shown.root);
    disposeScene(shown);
  }
  shown = await parseScene(data);
  painter.show(shown);
  sharpen(shown, Math.min(8, renderer.capabilities.getMaxAnisotropy()));
  scene.add(shown.root);
  camera.far = shown.farM * 1.1 + 1;
  camera.updateProjectionMatrix();
  // All of it: what lies behind the first view's back is not counted as drawn.
  let triangles = 0;
  shown.root.traverse((object) => {
    if (object.isMesh) triangles += (object.geometry.index ?? object.geometry.attributes.position).count / 3;
  });
  return triangles;
};

/** RGBA of each pose { eye, yaw, pitch } at size × size over 90 degrees, bottom row first, one after the other, base64. */
window.draw = (poses, size) => {
  renderer.setSize(size, size, false);
  const gl = renderer.getContext();
  const pixels = new Uint8Array(size * size * 4 * poses.length);
  poses.forEach(({ eye, yaw, pitch }, index) => {
    camera.position.set(...eye);
    camera.rotation.set((pitch * Math.PI) / 180, (-yaw * Math.PI) / 180, 0);
    renderer.render(scene, camera);
    const start = index * size * size * 4;
    gl.readPixels(0, 0, size, size, gl.RGBA, gl.UNSIGNED_BYTE, pixels.subarray(start, start + size * size * 4));
  });
  let text = '';
  for (let i = 0; i < pixels.length; i += 32768) text += String.fromCharCode(...pixels.subarray(i, i + 32768));
  return btoa(text);
};
