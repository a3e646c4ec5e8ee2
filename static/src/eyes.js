/**
 * Two eyes on one screen. Side by side: the left half for the left eye, for a phone in a viewer of cardboard or for
 * eyes
 * that can. Anaglyph: one picture for glasses of red and cyan.
 *
 * The anaglyph's weights are the least-squares ones of E. Dubois, "A projection method to generate anaglyph stereo
 * images", ICASSP 2001, in the values he published for red/cyan glasses: of all that glasses pass on, they come nearest
 * to the two pictures, with less flicker than a picture of one eye's red and the other's green and blue.
 */

import { HalfFloatType, Matrix3, Mesh, OrthographicCamera, PerspectiveCamera, ShaderMaterial, Vector2,
  WebGLRenderTarget } from 'three';
import { bigTriangle } from './flatmap.js';

const EYES_M = 0.063;
const LEFT = new Matrix3().set(
  0.4561, 0.500484, 0.176381,
  -0.0400822, -0.0378246, -0.0157589,
  -0.0152161, -0.0205971, -0.00546856,
);
const RIGHT = new Matrix3().set(
  -0.0434706, -0.0879388, -0.00155529,
  0.378476, 0.73364, -0.0184503,
  -0.0721527, -0.112961, 1.2264,
);

/** @typedef {import('three').WebGLRenderer} WebGLRenderer */
/** @typedef {import('three').Scene} Scene */

export class Eyes {
  #eye = new PerspectiveCamera();
  #size = new Vector2();
  /** @type {Anaglyph | null} */
  #anaglyph = null;

  constructor() {
    this.#eye.matrixAutoUpdate = false;
  }

  /** @param {WebGLRenderer} renderer @param {Scene} scene @param {PerspectiveCamera} camera between the eyes, with the
   * whole frame's aspect and the fov of a half @param {number} screenM what lies here appears on the screen itself */
  sideBySide(renderer, scene, camera, screenM) {
    const { x: width, y: height } = renderer.getSize(this.#size);
    renderer.setScissorTest(true);
    for (const side of /** @type {const} */ ([-1, 1])) {
      const left = side < 0 ? 0 : Math.floor(width / 2);
      renderer.setViewport(left, 0, width / 2, height);
      renderer.setScissor(left, 0, width / 2, height);
      renderer.render(scene, this.#place(camera, side, screenM, camera.aspect / 2));
    }
    renderer.setScissorTest(false);
    renderer.setViewport(0, 0, width, height);
  }

  /** @param {WebGLRenderer} renderer @param {Scene} scene @param {PerspectiveCamera} camera @param {number} screenM */
  anaglyph(renderer, scene, camera, screenM) {
    this.#anaglyph ??= new Anaglyph();
    const { targets } = this.#anaglyph;
    renderer.getDrawingBufferSize(this.#size);
    for (const [target, side] of /** @type {const} */ ([[targets[0], -1], [targets[1], 1]])) {
      target.setSize(this.#size.x, this.#size.y);
      renderer.setRenderTarget(target);
      renderer.render(scene, this.#place(camera, side, screenM, camera.aspect));
    }
    renderer.setRenderTarget(null);
    this.#anaglyph.mix(renderer);
  }

  /** Free the two pictures; the next anaglyph makes new ones. */
  dispose() {
    this.#anaglyph?.dispose();
    this.#anaglyph = null;
  }

  /** One eye, beside the camera, its view shifted so that both meet on the screen's distance. @param
   * {PerspectiveCamera}
   * camera @param {-1 | 1} side @param {number} screenM @param {number} aspect */
  #place(camera, side, screenM, aspect) {
    const top = camera.near * Math.tan((camera.fov * Math.PI) / 360);
    const shift = (-side * EYES_M * camera.near) / (2 * screenM);
    const eye = this.#eye;
    eye.projectionMatrix.makePerspective(shift - top * aspect, shift + top * aspect, top, -top, camera.near, camera.far);
    eye.projectionMatrixInverse.copy(eye.projectionMatrix).invert();
    eye.matrixWorld.copy(camera.matrixWorld);
    eye.matrixWorld.multiply(eye.matrix.makeTranslation((side * EYES_M) / 2, 0, 0));
    eye.matrix.copy(eye.matrixWorld);
    return eye;
  }
}

class Anaglyph {
  // Linear light in half floats: eight bits would show bands in the dark.
  targets = [0, 1].map(() => new WebGLRenderTarget(1, 1, { type: HalfFloatType, samples: 4 }));
  #lens = new OrthographicCamera();
  #material = new ShaderMaterial({
    uniforms: {
      left: { value: this.targets[0].texture },
      right: { value: this.targets[1].texture },
      fromLeft: { value: LEFT },
      fromRight: { value: RIGHT },
    },
    vertexShader: 'varying vec2 at; void main() { at = position.xy * 0.5 + 0.5; gl_Position = vec4(position.xy, 0.0, 1.0); }',
    fragmentShader: /* glsl */ `
      uniform sampler2D left, right; uniform mat3 fromLeft, fromRight; varying vec2 at;
      void main() {
        gl_FragColor = vec4(clamp(fromLeft * texture2D(left, at).rgb + fromRight * texture2D(right, at).rgb, 0.0, 1.0), 1.0);
        #include <colorspace_fragment>
      }`,
    depthTest: false,
    depthWrite: false,
  });
  #screen = new Mesh(bigTriangle(), this.#material);

  /** @param {WebGLRenderer} renderer */
  mix(renderer) {
    this.#screen.frustumCulled = false;
    renderer.render(this.#screen, this.#lens);
  }

  dispose() {
    for (const target of this.targets) target.dispose();
    this.#material.dispose();
    this.#screen.geometry.dispose();
  }
}
