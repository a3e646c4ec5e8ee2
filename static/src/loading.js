/** GLB bytes to a three.js object, and back to nothing. */

import { DoubleSide, Mesh, MeshBasicMaterial, Sphere, Vector3 } from 'three';
import { GLTFLoader } from 'three/examples/jsm/loaders/GLTFLoader.js';
import { MeshoptDecoder } from 'three/examples/jsm/libs/meshopt_decoder.module.js';
import { sampleTriangles, summary } from './depth.js';
import { checkGlb, SceneFault } from './glb.js';

/** @typedef {import('three').Object3D} Object3D */
/** @typedef {import('./depth.js').Depth} Depth */
/** @typedef {{ root: Object3D, meshes: Mesh[], farM: number, depth: Depth }} LoadedScene farM: metres to the farthest
 * point
 * from the capture point */

/**
 * @param {ArrayBuffer} data a whole GLB, with its pictures inside
 * @returns {Promise<LoadedScene>}
 * @throws {SceneFault} with a sentence for the visitor
 */
export async function parseScene(data) {
  const declared = checkGlb(data);
  const loader = new GLTFLoader();
  loader.setMeshoptDecoder(MeshoptDecoder);
  const gltf = await loader.parseAsync(data, '').catch(() => {
    throw new SceneFault('damaged');
  });
  const root = gltf.scene;
  const meshes = meshesOf(root);
  for (const mesh of meshes) mesh.material = unlit(mesh.material);
  // Where a picture cannot be decoded the loader shows the bare mesh: to a visitor that is a white room, not a scene.
  if (declared.pictures > 0 && !meshes.some((mesh) => colourMap(mesh))) {
    disposeScene(root);
    throw new SceneFault('picture');
  }
  root.updateMatrixWorld(true);
  return { root, meshes, farM: Math.max(1, ...meshes.map(reach)), depth: measure(meshes) };
}

/** Free what the scene holds on the GPU and the decoded pictures. @param {Object3D} root */
export function disposeScene(root) {
  for (const mesh of meshesOf(root)) {
    const map = colourMap(mesh);
    map?.dispose();
    // The bitmap is kept until now, since a lost WebGL context needs it again.
    if (typeof ImageBitmap !== 'undefined' && map?.image instanceof ImageBitmap) map.image.close();
    mesh.geometry.dispose();
    for (const material of [mesh.material].flat()) material.dispose();
  }
}

/** Grazing walls and floors stay sharp. @param {Object3D} root @param {number} anisotropy */
export function sharpen(root, anisotropy) {
  for (const mesh of meshesOf(root)) {
    const map = colourMap(mesh);
    if (map) map.anisotropy = anisotropy;
  }
}

/** @param {Object3D} root @returns {Mesh[]} */
function meshesOf(root) {
  /** @type {Mesh[]} */
  const meshes = [];
  root.traverse((object) => object instanceof Mesh && meshes.push(object));
  return meshes;
}

/** @param {Mesh} mesh */
function colourMap(mesh) {
  const material = [mesh.material].flat()[0];
  return material instanceof MeshBasicMaterial ? material.map : null;
}

/**
 * A panorama has its light in its picture. A file without KHR_materials_unlit would be black in a scene without lamps.
 * @param {import('three').Material | import('three').Material[]} given
 */
function unlit(given) {
  const material = /** @type {any} */ ([given].flat()[0]);
  const basic =
    material instanceof MeshBasicMaterial
      ? material
      : new MeshBasicMaterial({ map: material.map ?? null, color: material.color, vertexColors: material.vertexColors });
  if (basic !== material) material.dispose();
  basic.toneMapped = false;
  basic.side = DoubleSide; // the eye is inside; a file that winds its triangles outwards shall not be invisible
  return basic;
}

/** Metres from the capture point to the mesh's farthest point. @param {Mesh} mesh */
function reach(mesh) {
  mesh.geometry.computeBoundingSphere();
  const sphere = new Sphere().copy(/** @type {Sphere} */ (mesh.geometry.boundingSphere)).applyMatrix4(mesh.matrixWorld);
  return sphere.center.length() + sphere.radius;
}

/** @param {Mesh[]} meshes @returns {Depth} */
function measure(meshes) {
  const [distances, weights] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])];
  const at = new Vector3();
  for (const { geometry, matrixWorld } of meshes) {
    const { index, attributes } = geometry;
    const corner = (/** @type {number} */ i) => {
      at.fromBufferAttribute(attributes.position, index ? index.getX(i) : i).applyMatrix4(matrixWorld);
      return /** @type {[number, number, number]} */ ([at.x, at.y, at.z]);
    };
    const found = sampleTriangles(corner, Math.floor((index ?? attributes.position).count / 3));
    for (const distance of found.distances) distances.push(distance);
    for (const weight of found.weights) weights.push(weight);
  }
  return summary(distances, weights);
}
