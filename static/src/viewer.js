/** The bundle's door: defines <ldm3d-viewer>. */

import { Ldm3dViewer } from './element.js';

if (!customElements.get('ldm3d-viewer')) customElements.define('ldm3d-viewer', Ldm3dViewer);

export { Ldm3dViewer };
