/**
 * The whole sphere as a flat map. The scene is drawn into the six faces of a cube about the head, and one triangle that
 * covers the frame looks every pixel's direction up in them: so it works for any mesh, at any depth strength, from any
 * place in the head box. The faces are drawn anew only when something in them has changed.
 */

import { BufferGeometry, CubeCamera, Float32BufferAttribute, HalfFloatType, LinearFilter, Mesh, OrthographicCamera,
  ShaderMaterial, Vector3, WebGLCubeRenderTarget } from 'three';
import { mapSpan } from './look.js';

const FACE_PX = 1024; // 11 pixels a degree: as fine as a texture 4096 wide

export class FlatMap {
  #target = new WebGLCubeRenderTarget(FACE_PX, {
    type: HalfFloatType,
    magFilter: LinearFilter,
    minFilter: LinearFilter,
  });
  #cube = new CubeCamera(0.02, 5000, this.#target);
  #lens = new OrthographicCamera();
  #material = new ShaderMaterial({
    uniforms: { faces: { value: this.#target.texture }, centre: { value: [0, 0] }, span: { value: [1, 1] } },
    vertexShader: 'varying vec2 at; void main() { at = position.xy; gl_Position = vec4(position.xy, 0.0, 1.0); }',
    fragmentShader: /* glsl */ `
      uniform samplerCube faces; uniform vec2 centre; uniform vec2 span; varying vec2 at;
      void main() {
        vec2 angle = centre + at * span;
        if (abs(angle.y) > 1.5707964) { gl_FragColor = vec4(0.0072, 0.0082, 0.0103, 1.0); }
        else {
          vec3 ray = vec3(cos(angle.y) * sin(angle.x), sin(angle.y), -cos(angle.y) * cos(angle.x));
          gl_FragColor = vec4(textureCube(faces, ray).rgb, 1.0);
        }
        #include <colorspace_fragment>
      }`,
    depthTest: false,
    depthWrite: false,
  });
  #screen = new Mesh(bigTriangle(), this.#material);
  #drawn = '';

  constructor() {
    this.#screen.frustumCulled = false;
  }

  /**
   * @param {import('three').WebGLRenderer} renderer @param {import('three').Scene} scene
   * @param {import('./look.js').View} view its middle and its zoom @param {number} aspect
   * @param {string} state of everything else that the picture depends on
   */
  paint(renderer, scene, { pose, fov }, aspect, state) {
    const key = `${pose.x} ${pose.y} ${pose.z} ${state}`;
    if (key !== this.#drawn) {
      this.#drawn = key;
      this.#cube.position.copy(new Vector3(pose.x, pose.y, pose.z));
      this.#cube.updateMatrixWorld(true);
      this.#cube.update(renderer, scene);
    }
    const [x, y] = mapSpan(fov, aspect);
    this.#material.uniforms.centre.value = [(pose.yaw * Math.PI) / 180, (pose.pitch * Math.PI) / 180];
    this.#material.uniforms.span.value = [x, y];
    renderer.render(this.#screen, this.#lens);
  }

  /** The faces are stale: a lost context has emptied them. */
  forget() {
    this.#drawn = '';
  }

  dispose() {
    this.#target.dispose();
    this.#material.dispose();
    this.#screen.geometry.dispose();
  }
}

/** One triangle that covers the frame: no diagonal. */
export function bigTriangle() {
  return new BufferGeometry().setAttribute('position', new Float32BufferAttribute([-1, -1, 0, 3, -1, 0, -1, 3, 0], 3));
}
