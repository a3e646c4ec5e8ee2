/**
 * Darkness round the eyes in a headset: all of it where the head leaves its room, a soft rim while the view jumps. One
 * ball round each eye, drawn over the scene, and only while there is something to darken.
 */

import { BackSide, Mesh, ShaderMaterial, SphereGeometry } from 'three';

const RIM_MS = 450;
const LONGEST_MS = 50; // a slow frame shall not skip it

export class Veil {
  #material = new ShaderMaterial({
    uniforms: { dark: { value: 0 }, rim: { value: 0 } },
    vertexShader: /* glsl */ `
      varying vec3 seen;
      void main() {
        seen = mat3(viewMatrix) * position;
        gl_Position = projectionMatrix * vec4(seen, 1.0);
      }`,
    fragmentShader: /* glsl */ `
      uniform float dark, rim; varying vec3 seen;
      void main() {
        float aside = length(seen.xy) / max(-seen.z, 1e-3); // the tangent of the angle to the middle
        gl_FragColor = vec4(0.0, 0.0, 0.0, max(dark, rim * smoothstep(0.25, 0.75, aside)));
      }`,
    side: BackSide,
    transparent: true,
    depthTest: false,
    depthWrite: false,
  });
  mesh = new Mesh(new SphereGeometry(1, 24, 16), this.#material);

  constructor() {
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = 900;
    this.mesh.visible = false;
  }

  /** The view has jumped. */
  blink() {
    this.#material.uniforms.rim.value = 1;
  }

  /** @param {number} dtMs @param {number} dark 0 to 1 */
  step(dtMs, dark) {
    const { rim, dark: shown } = this.#material.uniforms;
    rim.value = Math.max(0, rim.value - Math.min(dtMs, LONGEST_MS) / RIM_MS);
    shown.value = dark;
    this.mesh.visible = dark > 0 || rim.value > 0;
  }

  dispose() {
    this.#material.dispose();
    this.mesh.geometry.dispose();
    this.mesh.removeFromParent();
  }
}
