/**
 * How a scene's surfaces are painted: one small addition to three's unlit material serves every look and the strength
 * of
 * depth, so that changing them moves a uniform and never a vertex. All meshes of a scene share the uniforms.
 */

import { Matrix4, Mesh, MeshBasicMaterial, Vector2, Vector3 } from 'three';
import { FARTHEST, NO_DEPTH, RAMP } from './depth.js';
import { materialsOf } from './merge.js';

/** @typedef {import('./hash.js').Look} Look */
/** @typedef {ReturnType<typeof makeUniforms>} Uniforms */

const LINES = 0xbfe3ff;
const PAINTS = /** @type {Record<Look, number>} */ ({ picture: 0, depth: 1, wireframe: 2, flat: 0, outside: 3 });

export function makeUniforms() {
  return {
    strength: { value: 1 },
    meanM: { value: NO_DEPTH.meanM },
    range: { value: new Vector2(NO_DEPTH.nearM, NO_DEPTH.farM) },
    houseM: { value: NO_DEPTH.houseM },
    paint: { value: 0 },
    ramp: { value: RAMP.map(([r, g, b]) => new Vector3(r, g, b).divideScalar(255)) },
  };
}

/** @param {Uniforms} uniforms @param {import('./depth.js').Depth} depth */
export function measureBy(uniforms, { meanM, nearM, farM, houseM }) {
  uniforms.meanM.value = meanM;
  uniforms.range.value.set(nearM, farM);
  uniforms.houseM.value = houseM;
}

/** @param {Mesh} mesh of a scene @returns {MeshBasicMaterial[]} */
const allOf = (mesh) => [materialsOf(mesh).together, ...materialsOf(mesh).apart];

/** @param {Uniforms} uniforms @param {Look} look @param {Mesh[]} meshes of the scene */
export function paintAs(uniforms, look, meshes) {
  uniforms.paint.value = PAINTS[look];
  // A shader that may throw pixels away makes the card paint what is hidden: only the doll's house gets one.
  const open = look === 'outside';
  for (const each of meshes.flatMap(allOf)) {
    if (open === 'OPEN' in (each.defines ??= {})) continue;
    if (open) each.defines.OPEN = '';
    else delete each.defines.OPEN;
    each.needsUpdate = true;
  }
}

// The strength's formula is depth.js' `swollen`.
const VERTEX = /* glsl */ `
vec4 placed = modelMatrix * vec4(transformed, 1.0);
vTrue = placed.xyz;
float trueM = max(length(placed.xyz), 1e-4);
float inverseM = max(strength / trueM + (1.0 - strength) / meanM, 1.0 / (${FARTHEST.toFixed(1)} * trueM));
placed.xyz /= trueM * inverseM;
vPlaced = placed.xyz;
vec4 mvPosition = viewMatrix * placed;
gl_Position = projectionMatrix * mvPosition;`;

// Which picture is the same all over a triangle, but not all over its neighbours: so the derivatives are taken first.
const PICTURES = /* glsl */ `
uniform sampler2D pictures[PICTURES];
flat varying float vPicture;
vec4 pictureAt(vec2 uv) {
  vec2 dx = dFdx(uv), dy = dFdy(uv);
  int which = int(floor(vPicture + 0.5));
  CHOICES
  return vec4(1.0);
}`;

const FRAGMENT = /* glsl */ `
#ifdef LINES_ONLY
#else
if (paint == 1) {
  float at = clamp(log(length(vTrue) / range.x) / log(range.y / range.x), 0.0, 1.0) * float(${RAMP.length - 1});
  int stop = min(int(at), ${RAMP.length - 2});
  vec3 colour = mix(ramp[stop], ramp[stop + 1], at - float(stop)); // mixed as the style sheet's gradient is: in sRGB
  diffuseColor.rgb = mix(colour / 12.92, pow((colour + 0.055) / 1.055, vec3(2.4)), step(0.04045, colour));
} else if (paint == 2) {
  float grey = dot(diffuseColor.rgb, vec3(0.2126, 0.7152, 0.0722));
  diffuseColor.rgb = mix(vec3(grey), diffuseColor.rgb, 0.35) * 0.22;
}
#endif
#ifdef OPEN
{
  // From outside: a wall shows only the side that the eye within sees, so that one looks in past the walls in front.
  vec3 normal = cross(dFdx(vPlaced), dFdy(vPlaced));
  if (dot(normal, cameraPosition - vPlaced) * dot(normal, vPlaced) > 0.0 || length(vTrue) > houseM) discard;
}
#endif`;

/** @param {MeshBasicMaterial} material @param {Uniforms} uniforms @param {import('three').Texture[]} [pictures] for
 * vertices that say which (see merge.js) */
function shade(material, uniforms, pictures = []) {
  material.onBeforeCompile = (shader) => {
    Object.assign(shader.uniforms, uniforms);
    if (pictures.length > 0) choose(shader, pictures);
    shader.vertexShader = shader.vertexShader
      .replace('#include <common>', '#include <common>\nuniform float strength, meanM;\nvarying vec3 vTrue, vPlaced;')
      .replace('#include <project_vertex>', VERTEX);
    shader.fragmentShader = shader.fragmentShader
      .replace(
        '#include <common>',
        `#include <common>\nuniform int paint;\nuniform float houseM;\nuniform vec2 range;\nuniform vec3 ramp[${RAMP.length}];
        varying vec3 vTrue, vPlaced;`,
      )
      .replace('#include <color_fragment>', `#include <color_fragment>\n${FRAGMENT}`);
  };
  material.customProgramCacheKey = () => `scene ${pictures.length}`;
}

/** @param {import('three').WebGLProgramParametersWithUniforms} shader @param {import('three').Texture[]} pictures */
function choose(shader, pictures) {
  const choices = pictures.map((_, i) => `if (which == ${i}) return textureGrad(pictures[${i}], uv, dx, dy);`);
  const declared = PICTURES.replace('[PICTURES]', `[${pictures.length}]`).replace('CHOICES', choices.join('\n  '));
  shader.uniforms.pictures = { value: pictures };
  shader.vertexShader = shader.vertexShader
    .replace('#include <common>', '#include <common>\nattribute float picture;\nflat varying float vPicture;')
    .replace('#include <project_vertex>', '#include <project_vertex>\nvPicture = picture;');
  shader.fragmentShader = shader.fragmentShader
    .replace('#include <common>', `#include <common>\n${declared}`)
    .replace('#include <map_fragment>', 'diffuseColor *= pictureAt(vMapUv);');
}

/** @param {Mesh[]} meshes of a scene, with unlit materials @param {Uniforms} uniforms */
export function shadeScene(meshes, uniforms) {
  for (const mesh of meshes) {
    const { together, apart, pictures } = materialsOf(mesh);
    shade(together, uniforms, apart.length > 0 ? pictures : []);
    for (const material of apart) shade(material, uniforms);
    mesh.frustumCulled = false; // it surrounds the eye, and its strength moves it beyond its own bounds
  }
}

/**
 * Lines over every mesh, until the returned function takes them away.
 * @param {Mesh[]} meshes @param {Uniforms} uniforms @returns {() => void}
 */
export function drawLines(meshes, uniforms) {
  const material = new MeshBasicMaterial({ wireframe: true, color: LINES, transparent: true, opacity: 0.5 });
  material.defines = { LINES_ONLY: '' };
  material.toneMapped = false;
  material.depthWrite = false;
  shade(material, uniforms);
  const twins = meshes.map((mesh) => {
    const lines = new Mesh(mesh.geometry, material);
    lines.matrixAutoUpdate = false;
    lines.matrix = new Matrix4();
    lines.frustumCulled = false;
    lines.renderOrder = 1;
    for (const solid of allOf(mesh)) {
      Object.assign(solid, { polygonOffset: true, polygonOffsetFactor: 1, polygonOffsetUnits: 1 });
    }
    mesh.add(lines);
    return lines;
  });
  return () => {
    for (const lines of twins) {
      const mesh = /** @type {Mesh} */ (lines.parent);
      for (const solid of allOf(mesh)) solid.polygonOffset = false;
      mesh.remove(lines);
    }
    material.dispose();
  };
}
