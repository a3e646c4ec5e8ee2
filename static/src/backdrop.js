/**
 * A flat panorama all round, infinitely far away: the poster while a scene loads, the previews while a model paints it.
 * Each new picture fades in over the one before. Drawn behind everything, and instead of an older scene.
 */

import { BackSide, LinearFilter, Mesh, RepeatWrapping, ShaderMaterial, SphereGeometry, SRGBColorSpace,
  Texture } from 'three';

const FADE_MS = 350;
const WIDEST = 2048; // two of them at once are a quarter of what a headset spares for a page

export class Backdrop {
  #material = new ShaderMaterial({
    uniforms: { old: { value: null }, now: { value: null }, share: { value: 1 } },
    vertexShader: /* glsl */ `
      varying vec3 ray;
      void main() {
        ray = position;
        gl_Position = projectionMatrix * vec4(mat3(viewMatrix) * position, 1.0);
      }`,
    // The direction is looked up for every pixel, so that the sphere's corners cannot bend the picture.
    fragmentShader: /* glsl */ `
      uniform sampler2D old, now; uniform float share; varying vec3 ray;
      void main() {
        vec3 way = normalize(ray);
        vec2 uv = vec2(atan(way.x, -way.z) / 6.2831853 + 0.5, asin(clamp(way.y, -1.0, 1.0)) / 3.1415927 + 0.5);
        gl_FragColor = vec4(mix(texture2D(old, uv).rgb, texture2D(now, uv).rgb, share), 1.0);
        #include <colorspace_fragment>
      }`,
    side: BackSide,
    depthTest: false,
    depthWrite: false,
  });
  mesh = new Mesh(new SphereGeometry(1, 24, 12), this.#material);

  constructor() {
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = -1;
    this.mesh.visible = false;
  }

  get visible() {
    return this.mesh.visible;
  }

  /** Of the newer picture, 0 to 1. */
  get share() {
    return this.#material.uniforms.share.value;
  }

  /** @param {HTMLImageElement} image decoded, 2:1 @param {boolean} atOnce without fading in */
  show(image, atOnce) {
    const { old, now, share } = this.#material.uniforms;
    const texture = new Texture(smaller(image));
    Object.assign(texture, { colorSpace: SRGBColorSpace, wrapS: RepeatWrapping });
    Object.assign(texture, { minFilter: LinearFilter, generateMipmaps: false });
    texture.needsUpdate = true;
    this.#forgetOld();
    const fades = this.mesh.visible && now.value !== null && !atOnce;
    if (!fades) now.value?.dispose();
    old.value = fades ? now.value : texture;
    now.value = texture;
    share.value = fades ? 0 : 1;
    this.mesh.visible = true;
  }

  /** @param {number} dtMs @returns {boolean} whether a picture is still fading in */
  step(dtMs) {
    const { share } = this.#material.uniforms;
    if (!this.mesh.visible || share.value >= 1) return false;
    share.value = Math.min(1, share.value + dtMs / FADE_MS);
    if (share.value === 1) this.#forgetOld();
    return true;
  }

  hide() {
    const { old, now } = this.#material.uniforms;
    this.#forgetOld();
    now.value?.dispose();
    old.value = now.value = null;
    this.mesh.visible = false;
  }

  dispose() {
    this.hide();
    this.#material.dispose();
    this.mesh.geometry.dispose();
  }

  #forgetOld() {
    const { old, now } = this.#material.uniforms;
    if (old.value !== now.value) old.value?.dispose();
    old.value = now.value;
  }
}

/** @param {HTMLImageElement} image @returns {HTMLImageElement | HTMLCanvasElement} */
function smaller(image) {
  if (image.naturalWidth <= WIDEST) return image;
  const canvas = Object.assign(document.createElement('canvas'), { width: WIDEST, height: WIDEST / 2 });
  canvas.getContext('2d')?.drawImage(image, 0, 0, WIDEST, WIDEST / 2);
  return canvas;
}
