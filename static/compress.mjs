/** Beside each text file of static/dist its .br and .gz, which the server gives to browsers that take them. */

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** @param {string} folder with a slash at its end */
export async function compress(folder) {
  for (const name of await readdir(folder)) {
    if (!/\.(js|css|txt)$/.test(name)) continue;
    const whole = await readFile(folder + name);
    const best = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: whole.length } };
    await writeFile(`${folder}${name}.br`, brotliCompressSync(whole, best));
    await writeFile(`${folder}${name}.gz`, gzipSync(whole, { level: 9 }));
  }
}
