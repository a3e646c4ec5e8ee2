/**
 * A file's meshes as few draw calls: all that are painted alike become one mesh, in the scene's own metres. Each vertex
 * says which picture it has, so that a headset draws a scene of five layers with a picture each at one stroke. A screen
 * has calls to spare, and looking pictures up by number is dear where a processor draws: there each picture has its own
 * stroke (`drawTogether`). Nodes' and textures' transforms, factors of colour and missing lists of corners are worked in
 * on the way.
 */

import { BufferAttribute, BufferGeometry, DoubleSide, LessDepth, LessEqualDepth, Mesh, MeshBasicMaterial, Vector2,
  Vector3 } from 'three';

/** @typedef {import('three').Texture} Texture */
/**
 * @typedef {object} Materials of a merged mesh
 * @property {Texture[]} pictures every one of its own, once
 * @property {MeshBasicMaterial} together for all of it at one stroke; vertices say which picture
 * @property {MeshBasicMaterial[]} apart one for each group of the geometry; none where one picture serves all
 */
/** @typedef {Mesh<BufferGeometry, MeshBasicMaterial>} Painted */
/** @typedef {{ meshes: Painted[], pictures: Texture[] }} Pile meshes sharing a material and its pictures */

/** WebGL 2 promises sixteen pictures to a draw call. */
export const MOST_PICTURES = 16;

/**
 * @param {Painted[]} meshes unlit, with their world matrices up to date
 * @returns {{ meshes: Painted[], pictures: Texture[] }} new meshes without a transform, see `materialsOf`; every
 * picture once. Where a mesh has several, its vertices have the number of theirs in the attribute `picture`
 */
export function mergeMeshes(meshes) {
  const merged = pilesOf(meshes).map(merge);
  const pictures = [...new Set(merged.flatMap((mesh) => materialsOf(mesh).pictures))];
  pictures.forEach(settle);
  return { meshes: merged, pictures };
}

/** @param {Mesh} mesh of a scene @returns {Materials} */
export function materialsOf(mesh) {
  return mesh.userData.materials;
}

/** All of a mesh at one stroke, or a stroke for each of its pictures. @param {Mesh} mesh @param {boolean} yes */
export function drawTogether(mesh, yes) {
  const { together, apart } = materialsOf(mesh);
  mesh.material = yes || apart.length === 0 ? together : apart;
}

/** Painted alike: the same kind of transparency, and no more pictures than a draw call takes. @param {Painted[]} meshes
 * @returns {Pile[]} */
function pilesOf(meshes) {
  /** @type {Map<string, Pile>} */
  const open = new Map();
  /** @type {Pile[]} */
  const piles = [];
  /** @type {Map<string, Texture>} */
  const known = new Map();
  // The last layer of our files is the nearest. Drawn first it saves painting what it hides; of equal depths the first
  // wins (LessDepth), as the last does elsewhere. What shines through keeps its order.
  const solid = meshes.filter(({ material }) => !material.transparent).reverse();
  for (const mesh of [...solid, ...meshes.filter(({ material }) => material.transparent)]) {
    const { transparent, alphaTest } = mesh.material;
    const picture = sameOf(known, mesh.material.map);
    const kind = `${transparent} ${alphaTest}`;
    let pile = open.get(kind);
    if (!pile || (picture && !pile.pictures.includes(picture) && pile.pictures.length === MOST_PICTURES)) {
      pile = { meshes: [], pictures: [] };
      open.set(kind, pile);
      piles.push(pile);
    }
    pile.meshes.push(mesh);
    if (picture && !pile.pictures.includes(picture)) pile.pictures.push(picture);
    mesh.userData.picture = picture ? pile.pictures.indexOf(picture) : -1;
  }
  return piles;
}

/** A file may name one picture several times. @param {Map<string, Texture>} known @param {Texture | null} map */
function sameOf(known, map) {
  if (!map) return null;
  const key = [map.source.uuid, map.wrapS, map.wrapT, map.magFilter, map.minFilter].join();
  if (!known.has(key)) known.set(key, map);
  return /** @type {Texture} */ (known.get(key));
}

/** @param {Pile} pile @returns {Painted} */
function merge({ meshes, pictures }) {
  const { transparent, alphaTest } = meshes[0].material;
  const vertices = sum(meshes.map(({ geometry }) => geometry.attributes.position.count));
  const corners = sum(meshes.map(({ geometry }) => (geometry.index ?? geometry.attributes.position).count));
  const tinted = meshes.some(({ geometry, material }) =>
    geometry.attributes.color || material.opacity < 1 || material.color.getHex() !== 0xffffff);
  const position = new Float32Array(3 * vertices);
  const uv = new Float32Array(2 * vertices);
  const colour = tinted ? new Float32Array(4 * vertices).fill(1) : null;
  const mixed = pictures.length > 1 || (pictures.length === 1 && meshes.some(({ userData }) => userData.picture < 0));
  const picture = mixed ? new Float32Array(vertices) : null;
  const index = vertices > 65_535 ? new Uint32Array(corners) : new Uint16Array(corners);
  const geometry = new BufferGeometry();
  let [vertex, corner] = [0, 0];
  for (const mesh of meshes) {
    const { count } = mesh.geometry.attributes.position;
    place(mesh, position, vertex);
    spread(mesh, uv, vertex);
    if (colour) tint(mesh, colour, vertex);
    picture?.fill(mesh.userData.picture, vertex, vertex + count);
    const own = mesh.geometry.index;
    const length = own ? own.count : count;
    for (let i = 0; i < length; i++) index[corner + i] = vertex + (own ? own.getX(i) : i);
    if (mixed) geometry.addGroup(corner, length, geometry.groups.length);
    vertex += count;
    corner += length;
  }
  geometry.setIndex(new BufferAttribute(index, 1));
  geometry.setAttribute('position', new BufferAttribute(position, 3));
  geometry.setAttribute('uv', new BufferAttribute(uv, 2));
  if (colour) geometry.setAttribute('color', new BufferAttribute(colour, 4));
  if (picture) geometry.setAttribute('picture', new BufferAttribute(picture, 1));
  /** @param {Texture | null} map */
  const painted = (map) => paint(new MeshBasicMaterial({ map, vertexColors: tinted, transparent, alphaTest }));
  const together = painted(pictures[0] ?? null);
  const apart = mixed ? meshes.map(({ userData }) => painted(pictures[userData.picture] ?? null)) : [];
  const merged = new Mesh(geometry, together);
  merged.userData.materials = /** @type {Materials} */ ({ pictures, together, apart });
  return merged;
}

/** @param {MeshBasicMaterial} material */
function paint(material) {
  material.toneMapped = false;
  material.side = DoubleSide; // the eye is inside; a file that winds its triangles outwards shall not be invisible
  material.forceSinglePass = true;
  material.depthWrite = !material.transparent;
  material.depthFunc = material.transparent ? LessEqualDepth : LessDepth;
  return material;
}

/** @param {Painted} mesh @param {Float32Array} to @param {number} first vertex */
function place({ geometry, matrixWorld }, to, first) {
  const at = new Vector3();
  const { position } = geometry.attributes;
  for (let i = 0; i < position.count; i++) {
    at.fromBufferAttribute(position, i).applyMatrix4(matrixWorld).toArray(to, 3 * (first + i));
  }
}

/** @param {Painted} mesh @param {Float32Array} to @param {number} first vertex */
function spread({ geometry, material }, to, first) {
  const { map } = material;
  const uv = map && geometry.attributes[map.channel ? `uv${map.channel}` : 'uv'];
  if (!map || !uv) return;
  if (map.matrixAutoUpdate) map.updateMatrix();
  const at = new Vector2();
  for (let i = 0; i < uv.count; i++) {
    at.fromBufferAttribute(/** @type {BufferAttribute} */ (uv), i).applyMatrix3(map.matrix).toArray(to, 2 * (first + i));
  }
}

/** @param {Painted} mesh @param {Float32Array} to @param {number} first vertex */
function tint({ geometry, material }, to, first) {
  const { color } = geometry.attributes;
  const { r, g, b } = material.color;
  for (let i = 0; i < geometry.attributes.position.count; i++) {
    const own = color ? [color.getX(i), color.getY(i), color.getZ(i), color.itemSize > 3 ? color.getW(i) : 1] : [1, 1, 1, 1];
    to.set([own[0] * r, own[1] * g, own[2] * b, own[3] * material.opacity], 4 * (first + i));
  }
}

/** Its transform and channel are in the vertices now. @param {Texture} picture */
function settle(picture) {
  picture.channel = 0;
  picture.offset.set(0, 0);
  picture.repeat.set(1, 1);
  picture.rotation = 0;
  picture.updateMatrix();
}

/** @param {number[]} numbers */
const sum = (numbers) => numbers.reduce((total, each) => total + each, 0);
