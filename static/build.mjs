/**
 * `npm run build`: static/src → static/dist, which the server gives out at /viewer/.
 *
 * viewer.js  <ldm3d-viewer> with three.js inside; scene.js, scene.css  the page /s/{id}; host.js  for a page that holds
 * that one in a frame; LICENSES.txt  the notices of what is bundled. The same sources give the same bytes.
 */

import { build } from 'esbuild';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { compress } from './compress.mjs';

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const three = await readFile(here('../node_modules/three/LICENSE'), 'utf8');

await rm(here('dist'), { recursive: true, force: true });
const common = /** @type {const} */ ({
  outdir: here('dist'),
  bundle: true,
  minify: true,
  target: ['es2022', 'chrome114', 'firefox125', 'safari17'],
  legalComments: 'none', // they are in LICENSES.txt, whole
  logLevel: 'warning',
});
/** A style sheet that a script imports is a text: bundled and made small first. @type {import('esbuild').Plugin} */
const sheets = {
  name: 'sheets',
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { outputFiles } = await build({ ...common, entryPoints: [path], write: false });
      return { contents: outputFiles[0].text, loader: 'text' };
    });
  },
};
await build({
  ...common,
  entryPoints: { viewer: here('src/viewer.js'), scene: here('src/page.js'), host: here('src/host.js') },
  format: 'esm',
  plugins: [sheets],
  banner: { js: '/* LDM3D Web; three.js and meshoptimizer, MIT: see LICENSES.txt beside this file */' },
});
await build({ ...common, entryPoints: { scene: here('styles/scene.css') } });

// meshoptimizer's decoder comes inside three's package, without its own licence file but under the same terms.
const meshoptimizer = three.replace(/^Copyright.*$/m, 'Copyright © 2016-2026 Arseny Kapoulkine');
await writeFile(here('dist/LICENSES.txt'), `three.js\n\n${three}\n\nmeshoptimizer (decoder)\n\n${meshoptimizer}`);
await compress(here('dist/'));
