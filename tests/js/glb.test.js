import assert from 'node:assert/strict';
import test from 'node:test';
import { checkGlb, LIMITS, picturePixels } from '../../static/src/glb.js';

const png = (width, height) => {
  const bytes = new Uint8Array(24);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x89504e47);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return bytes;
};

/** One triangle with a picture; `change` spoils the document before it is written. */
function glb(change = () => {}, picture = png(4, 2)) {
  const bin = new Uint8Array(36 + 8 + picture.length); // positions, indices (padded), picture
  bin.set(picture, 44);
  const json = {
    asset: { version: '2.0' },
    buffers: [{ byteLength: bin.length }],
    bufferViews: [
      { buffer: 0, byteLength: 36 },
      { buffer: 0, byteOffset: 36, byteLength: 6 },
      { buffer: 0, byteOffset: 44, byteLength: picture.length },
    ],
    accessors: [
      { bufferView: 0, componentType: 5126, count: 3, type: 'VEC3' },
      { bufferView: 1, componentType: 5123, count: 3, type: 'SCALAR' },
    ],
    meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1 }] }],
    nodes: [{ mesh: 0 }],
    images: [{ bufferView: 2, mimeType: 'image/png' }],
  };
  change(json);
  let text = JSON.stringify(json);
  text += ' '.repeat(-text.length & 3);
  const data = new Uint8Array(28 + text.length + bin.length);
  const view = new DataView(data.buffer);
  [0x46546c67, 2, data.length, text.length, 0x4e4f534a].forEach((word, i) => view.setUint32(4 * i, word, true));
  data.set(new TextEncoder().encode(text), 20);
  view.setUint32(20 + text.length, bin.length, true);
  view.setUint32(24 + text.length, 0x004e4942, true);
  data.set(bin, 28 + text.length);
  return data.buffer;
}

const refused = (data, words) => assert.throws(() => checkGlb(data), (error) => error.name === 'SceneFault' && words.test(error.message));

test('a whole file passes and is counted', () => {
  assert.deepEqual(checkGlb(glb()), { triangles: 1, vertices: 3, pictures: 1 });
});

test('every shorter file is refused with a sentence, never with another error', () => {
  const whole = glb();
  for (let length = 0; length < whole.byteLength; length++) refused(whole.slice(0, length), /cut short|no GLB/);
});

test('what is no GLB is named so', () => {
  refused(new TextEncoder().encode('<!doctype html><p>Sign in').buffer, /no GLB/);
  refused(glb((json) => (json.asset.version = '1.0')), /damaged/);
});

const BOMBS = {
  'a count beyond its bytes': (json) => (json.accessors[0].count = 1e9),
  'a count that is no number': (json) => (json.accessors[0].count = '3'),
  'a negative count': (json) => (json.accessors[0].count = -3),
  'zeros without bytes': (json) => delete json.accessors[0].bufferView,
  'sparse zeros': (json) => (json.accessors[0].sparse = { count: 1 }),
  'a view beyond the buffer': (json) => (json.bufferViews[0].byteLength = 1e9),
  'an unknown component': (json) => (json.accessors[0].componentType = 1),
  'packed bytes that unpack beyond their view': (json) =>
    (json.bufferViews[0].extensions = { EXT_meshopt_compression: { buffer: 0, byteLength: 36, byteStride: 12, count: 1e6 } }),
  'a node without its mesh': (json) => (json.nodes[0].mesh = 7),
  'lists that are none': (json) => (json.meshes = { length: 1e9 }),
};
for (const [name, change] of Object.entries(BOMBS)) test(`refused: ${name}`, () => refused(glb(change), /damaged|no surface/));

test('refused: a packed bomb that is consistent but too large', () => {
  refused(glb((json) => {
    json.bufferViews[0] = { buffer: 0, byteLength: 12e8, extensions: { EXT_meshopt_compression: { buffer: 0, byteLength: 36, byteStride: 12, count: 1e8 } } };
    json.accessors[0].count = 1e8;
  }), /too large/);
});

test('refused: one mesh shown a million times', () => {
  refused(glb((json) => (json.nodes = Array(LIMITS.triangles + 1).fill({ mesh: 0 }))), /too large/);
});

test('refused: other files, and pictures larger than a screen will ever need', () => {
  refused(glb((json) => (json.images[0] = { uri: 'https://example.org/spy.png' })), /other files/);
  refused(glb((json) => (json.buffers[0].uri = 'more.bin')), /other files/);
  refused(glb(() => {}, png(60000, 30000)), /too large/);
  refused(glb(() => {}, new Uint8Array(24)), /damaged/);
});

test('pictures say their size in three formats', () => {
  assert.equal(picturePixels(png(1024, 512)), 1024 * 512);
  const jpeg = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 11, 8, 2, 0, 4, 0];
  assert.equal(picturePixels(new Uint8Array(jpeg)), 512 * 1024);
  const webp = (kind, rest) => new Uint8Array([...Buffer.from('RIFF0000WEBP' + kind + '0000'), ...rest]);
  assert.equal(picturePixels(webp('VP8 ', [0, 0, 0, 0x9d, 1, 0x2a, 0, 4, 0, 2])), 1024 * 512);
  assert.equal(picturePixels(webp('VP8L', [0x2f, 0xff, 0xc3, 0x7f, 0])), 1024 * 512);
  assert.equal(picturePixels(webp('VP8X', [0, 0, 0, 0, 0xff, 3, 0, 0xff, 1, 0])), 1024 * 512);
});
