/** What the canvas shows, as a PNG. */

/**
 * @param {import('./stage.js').Stage} stage @returns {Promise<Blob>}
 * @throws {Error} where the browser cannot encode it
 */
export function pictureOf(stage) {
  stage.draw(); // the buffer lives until this task ends
  return new Promise((resolve, reject) =>
    stage.canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The picture cannot be saved.'))), 'image/png'),
  );
}

/** Let the browser save it. @param {Blob} blob @param {string} name */
export function save(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // a slow disk reads it later than the click
}
