/**
 * A headset's page has little memory: pictures that are too large for it together are made smaller, all by the same
 * share, and are whole again on the screen. Files of this project are written to fit; anybody else's may not be.
 */

/** @typedef {import('three').Texture} Texture */

/** Of a scene's pictures on the GPU. With the panel (2.3 MB) and two flat pictures, one fading into the other (16.8 MB,
 * see backdrop.js), a headset's page stays within 64 MB. */
export const MOST_BYTES = 44_800_000;

/** On the GPU; mipmaps are a third more. @param {Texture} texture */
function bytesOf({ image, generateMipmaps }) {
  return (image?.width ?? 0) * (image?.height ?? 0) * 4 * (generateMipmaps ? 4 / 3 : 1);
}

/**
 * @param {Texture[]} pictures @param {() => boolean} wanted still, when the smaller ones are there
 * @param {number} [most] bytes @returns {Promise<void>} once they fit
 */
export async function lighten(pictures, wanted, most = MOST_BYTES) {
  const all = pictures.reduce((sum, each) => sum + bytesOf(each), 0);
  if (all <= most) return;
  const scale = Math.sqrt(most / all);
  const one = [...new Map(pictures.map((each) => [each.source, each])).values()];
  const smaller = await Promise.all(one.map(({ image }) => shrunk(image, scale)));
  if (!wanted()) return smaller.forEach((each) => each instanceof ImageBitmap && each.close());
  one.forEach((each, i) => {
    each.userData.whole ??= each.image;
    each.image = smaller[i];
    for (const same of pictures) if (same.source === each.source) renew(same);
  });
}

/** As they came. @param {Texture[]} pictures */
export function restore(pictures) {
  for (const each of pictures) {
    const { whole } = each.userData;
    if (!whole) continue;
    if (each.image instanceof ImageBitmap) each.image.close();
    each.image = whole;
    delete each.userData.whole;
    for (const same of pictures) if (same.source === each.source) renew(same);
  }
}

/** Another size is another texture to the GPU. @param {Texture} texture */
function renew(texture) {
  texture.dispose();
  texture.needsUpdate = true;
}

/** @param {any} image @param {number} scale @returns {Promise<ImageBitmap | HTMLCanvasElement>} */
async function shrunk(image, scale) {
  const [width, height] = [image.width, image.height].map((size) => Math.max(1, Math.floor(size * scale)));
  // As three's loader decodes: colours as they are in the file.
  const asLoaded = /** @type {const} */ ({ premultiplyAlpha: 'none', colorSpaceConversion: 'none' });
  const size = /** @type {const} */ ({ resizeWidth: width, resizeHeight: height, resizeQuality: 'high' });
  return createImageBitmap(image, { ...asLoaded, ...size }).catch(() => {
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    canvas.getContext('2d')?.drawImage(image, 0, 0, width, height);
    return canvas;
  });
}
