/** GLB bytes to a three.js object, and back to nothing. */

import { Group, Mesh, MeshBasicMaterial, Sphere, Texture, Vector3 } from 'three';
import { GLTFLoader } from 'three/examples/jsm/loaders/GLTFLoader.js';
import { MeshoptDecoder } from 'three/examples/jsm/libs/meshopt_decoder.module.js';
import { sampleTriangles, summary } from './depth.js';
import { checkGlb, SceneFault } from './glb.js';
import { materialsOf, mergeMeshes } from './merge.js';

/** @typedef {import('three').Object3D} Object3D */
/** @typedef {import('./depth.js').Depth} Depth */
/** @typedef {import('./merge.js').Painted} Painted */
/**
 * @typedef {object} LoadedScene
 * @property {Group} root @property {Painted[]} meshes see merge.js @property {Texture[]} pictures of them
 * @property {number} farM metres from the capture point to the farthest @property {Depth} depth
 */

/**
 * @param {ArrayBuffer} data a whole GLB, with its pictures inside
 * @returns {Promise<LoadedScene>}
 * @throws {SceneFault} with a sentence for the visitor
 */
export async function parseScene(data) {
  checkGlb(data);
  const loader = new GLTFLoader();
  loader.setMeshoptDecoder(MeshoptDecoder);
  const gltf = await loader.parseAsync(data, '').catch(() => {
    throw new SceneFault('damaged');
  });
  gltf.scene.updateMatrixWorld(true);
  /** @type {Mesh[]} */
  const found = [];
  gltf.scene.traverse((object) => object instanceof Mesh && found.push(object));
  const loaded = texturesOf(found);
  // Where a picture cannot be decoded the loader shows the bare mesh: to a visitor that is a white room, not a scene.
  if (found.some(({ material }) => lacksPicture(gltf.parser, material))) {
    loaded.forEach(forget);
    throw new SceneFault('picture');
  }
  for (const mesh of found) mesh.material = unlit(mesh.material);
  const { meshes, pictures } = mergeMeshes(/** @type {Painted[]} */ (found));
  const images = new Set(pictures.map(({ image }) => image));
  loaded.filter(({ image }) => !images.has(image)).forEach(forget); // normals and such
  const root = new Group();
  root.add(...meshes);
  return { root, meshes, pictures, farM: Math.max(1, ...meshes.map(reach)), depth: measure(meshes) };
}

/** Free what the scene holds on the GPU and the decoded pictures. @param {LoadedScene} scene */
export function disposeScene({ meshes, pictures }) {
  pictures.forEach(forget);
  for (const mesh of meshes) {
    const { together, apart } = materialsOf(mesh);
    mesh.geometry.dispose();
    for (const material of [together, ...apart]) material.dispose();
  }
}

/** Grazing walls and floors stay sharp. @param {LoadedScene} scene @param {number} anisotropy */
export function sharpen({ pictures }, anisotropy) {
  for (const picture of pictures) picture.anisotropy = anisotropy;
}

/** A bitmap is kept until now, since a lost WebGL context needs it again. @param {Texture} texture */
function forget(texture) {
  texture.dispose();
  for (const image of [texture.image, texture.userData.whole]) {
    if (typeof ImageBitmap !== 'undefined' && image instanceof ImageBitmap) image.close();
  }
}

/** @param {Mesh[]} meshes */
function texturesOf(meshes) {
  const values = meshes.flatMap(({ material }) => [material].flat().flatMap((each) => Object.values(each)));
  return /** @type {Texture[]} */ ([...new Set(values.filter((value) => value instanceof Texture))]);
}

/** The file gives the material a picture that is not there. @param {any} parser of the loader
 * @param {Mesh['material']} material */
function lacksPicture(parser, material) {
  const each = /** @type {any} */ ([material].flat()[0]);
  const number = parser.associations.get(each)?.materials;
  const declared = parser.json.materials?.[number]?.pbrMetallicRoughness?.baseColorTexture !== undefined;
  return declared && !each.map?.image;
}

/**
 * A panorama has its light in its picture. A file without KHR_materials_unlit would be black in a scene without lamps.
 * @param {Mesh['material']} given
 */
function unlit(given) {
  const material = /** @type {any} */ ([given].flat()[0]);
  if (material instanceof MeshBasicMaterial) return material;
  const { map, color, vertexColors, transparent, opacity, alphaTest } = material;
  return new MeshBasicMaterial({ map: map ?? null, color, vertexColors, transparent, opacity, alphaTest });
}

/** Metres from the capture point to the mesh's farthest point. @param {Mesh} mesh */
function reach({ geometry }) {
  geometry.computeBoundingSphere();
  const { center, radius } = /** @type {Sphere} */ (geometry.boundingSphere);
  return center.length() + radius;
}

/** @param {Painted[]} meshes @returns {Depth} */
function measure(meshes) {
  const [distances, weights] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])];
  const at = new Vector3();
  for (const { geometry } of meshes) {
    const index = /** @type {import('three').BufferAttribute} */ (geometry.index);
    const corner = (/** @type {number} */ i) => {
      at.fromBufferAttribute(geometry.attributes.position, index.getX(i));
      return /** @type {[number, number, number]} */ ([at.x, at.y, at.z]);
    };
    const found = sampleTriangles(corner, Math.floor(index.count / 3));
    for (const distance of found.distances) distances.push(distance);
    for (const weight of found.weights) weights.push(weight);
  }
  return summary(distances, weights);
}
