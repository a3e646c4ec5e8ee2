/**
 * What a GLB says about itself, checked against its bytes before anything is decoded. Pure, tested by node.
 *
 * A file comes over a network or from a stranger's link: it may be cut short, be a web page, or claim a billion
 * triangles in a kilobyte. This is no validator (Khronos' is, in the tests): it only keeps a tab from dying.
 * Layout: Khronos glTF 2.0 specification, section 4, and EXT_meshopt_compression.
 */

import { EN, fill } from './texts.js';

/** @typedef {'webgl' | 'show' | 'reach' | 'missing' | 'answer' | 'broke' | 'large' | 'elsewhere' | 'empty' | 'glb' |
 * 'version' | 'damaged' | 'truncated' | 'picture'} FaultKind */

/** An error whose message is one sentence for the visitor: English until `translate`. */
export class SceneFault extends Error {
  name = 'SceneFault';

  /** @param {FaultKind} kind @param {Record<string, string | number>} [values] for the places in its text */
  constructor(kind, values = {}) {
    super(fill(EN[`fault.${kind}`], values));
    this.kind = kind;
    this.values = values;
  }

  /** @param {import('./texts.js').Texts} texts */
  translate(texts) {
    this.message = fill(texts[`fault.${this.kind}`], this.values);
    return this;
  }
}

/** What one scene may hold; the server writes about 300 kilobytes of geometry and one picture. */
export const LIMITS = Object.freeze({
  bytes: 256 * 2 ** 20,
  vertices: 4_000_000,
  triangles: 4_000_000,
  pixels: 64 * 2 ** 20,
});

const COMPONENT_BYTES = /** @type {Record<number, number>} */ ({ 5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4 });
const WIDTH = /** @type {Record<string, number>} */ ({ SCALAR: 1, VEC2: 2, VEC3: 3, VEC4: 4, MAT2: 4, MAT3: 9, MAT4: 16 });
const MESHOPT = ['EXT_meshopt_compression', 'KHR_meshopt_compression'];

/**
 * @param {ArrayBuffer} data a whole file
 * @returns {{ triangles: number, vertices: number, pictures: number }} what it declares
 * @throws {SceneFault}
 */
export function checkGlb(data) {
  const { json, bin } = readContainer(data);
  const [views, accessors] = [list(json, 'bufferViews'), list(json, 'accessors')];
  for (const buffer of list(json, 'buffers')) {
    if (buffer.uri !== undefined) throw new SceneFault('elsewhere');
  }
  let unpacked = 0;
  for (const view of views) {
    const packed = MESHOPT.map((name) => view.extensions?.[name]).find(Boolean);
    const { byteOffset = 0, byteLength } = packed ?? view;
    if (!(count(byteLength) + count(byteOffset) <= bin.byteLength)) throw damaged();
    if (packed && count(packed.count) * count(packed.byteStride) > count(view.byteLength)) throw damaged();
    unpacked += count(view.byteLength);
  }
  if (unpacked > LIMITS.bytes) throw tooLarge();
  for (const accessor of accessors) {
    const view = views[accessor.bufferView];
    // Without a view an accessor means "that many zeros", which costs a bomb nothing.
    if (!view || accessor.sparse) throw damaged();
    const element = COMPONENT_BYTES[accessor.componentType] * WIDTH[accessor.type];
    const stride = view.byteStride ?? element;
    const end = count(accessor.byteOffset ?? 0) + (count(accessor.count) - 1) * stride + element;
    if (!(end <= view.byteLength)) throw damaged();
  }
  const size = countMeshes(json, accessors);
  if (size.triangles > LIMITS.triangles || size.vertices > LIMITS.vertices) throw tooLarge();
  if (size.triangles === 0) throw new SceneFault('empty');
  const images = list(json, 'images');
  let pixels = 0;
  for (const image of images) {
    if (image.uri !== undefined) throw new SceneFault('elsewhere');
    const view = views[image.bufferView];
    if (!view) throw damaged();
    pixels += picturePixels(bin.subarray(view.byteOffset ?? 0, (view.byteOffset ?? 0) + view.byteLength));
  }
  if (pixels > LIMITS.pixels) throw tooLarge();
  return { ...size, pictures: images.length };
}

/** @param {ArrayBuffer} data @returns {{ json: any, bin: Uint8Array }} */
function readContainer(data) {
  const bytes = new DataView(data);
  if (data.byteLength < 4 || bytes.getUint32(0, true) !== 0x46546c67) {
    throw new SceneFault('glb');
  }
  if (data.byteLength < 20) throw truncated();
  if (bytes.getUint32(4, true) !== 2) throw new SceneFault('version');
  if (bytes.getUint32(8, true) > data.byteLength) throw truncated();
  const jsonLength = bytes.getUint32(12, true);
  if (bytes.getUint32(16, true) !== 0x4e4f534a || 20 + jsonLength > data.byteLength) throw damaged();
  const binStart = 20 + jsonLength + 8;
  let bin = new Uint8Array(0);
  if (binStart <= data.byteLength) {
    const binLength = bytes.getUint32(binStart - 8, true);
    if (bytes.getUint32(binStart - 4, true) !== 0x004e4942 || binStart + binLength > data.byteLength) throw damaged();
    bin = new Uint8Array(data, binStart, binLength);
  }
  try {
    const json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array(data, 20, jsonLength)));
    if (json === null || typeof json !== 'object' || !String(json.asset?.version).startsWith('2.')) throw damaged();
    return { json, bin };
  } catch {
    throw damaged();
  }
}

/** Triangles and vertices as often as nodes show them. @param {any} json @param {any[]} accessors */
function countMeshes(json, accessors) {
  let [triangles, vertices] = [0, 0];
  const meshes = list(json, 'meshes');
  for (const node of list(json, 'nodes')) {
    for (const primitive of node.mesh === undefined ? [] : list(meshes[node.mesh] ?? {}, 'primitives')) {
      const position = accessors[primitive.attributes?.POSITION];
      if (!position || (primitive.mode ?? 4) !== 4) throw damaged();
      const index = primitive.indices === undefined ? position : accessors[primitive.indices];
      if (!index) throw damaged();
      vertices += count(position.count);
      triangles += Math.floor(count(index.count) / 3);
    }
  }
  return { triangles, vertices };
}

/** Pixels that a PNG, JPEG or WebP declares in its header. @param {Uint8Array} bytes */
export function picturePixels(bytes) {
  const at = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (at.getUint32(0) === 0x89504e47) return at.getUint32(16) * at.getUint32(20);
    if (at.getUint32(0) === 0x52494646 && at.getUint32(8) === 0x57454250) return webpPixels(at);
    if (at.getUint16(0) === 0xffd8) return jpegPixels(at);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw damaged();
}

/** @param {DataView} at */
function webpPixels(at) {
  const kind = at.getUint32(12);
  if (kind === 0x56503820) return (at.getUint16(26, true) & 0x3fff) * (at.getUint16(28, true) & 0x3fff); // lossy
  if (kind === 0x5650384c) {
    const bits = at.getUint32(21, true); // lossless: 14 bits width - 1, 14 bits height - 1
    return ((bits & 0x3fff) + 1) * (((bits >>> 14) & 0x3fff) + 1);
  }
  const three = (/** @type {number} */ offset) => at.getUint16(offset, true) + at.getUint8(offset + 2) * 65536 + 1;
  return three(24) * three(27); // extended
}

/** @param {DataView} at */
function jpegPixels(at) {
  for (let offset = 2; ; offset += 2 + at.getUint16(offset + 2)) {
    const marker = at.getUint16(offset);
    const startOfFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
    if (startOfFrame) return at.getUint16(offset + 5) * at.getUint16(offset + 7);
    if (marker < 0xffc0) throw damaged();
  }
}

/** @param {any} holder @param {string} key @returns {any[]} */
function list(holder, key) {
  const value = holder[key] ?? [];
  if (!Array.isArray(value) || value.some((item) => item === null || typeof item !== 'object')) throw damaged();
  return value;
}

/** @param {unknown} value @returns {number} */
function count(value) {
  if (!Number.isSafeInteger(value) || Number(value) < 0) throw damaged();
  return Number(value);
}

const damaged = () => new SceneFault('damaged');
const truncated = () => new SceneFault('truncated');
const tooLarge = () => new SceneFault('large');
