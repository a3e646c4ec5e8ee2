// Khronos' validator over one GLB from stdin; its whole report as JSON on stdout.
import { readFileSync } from 'node:fs';
import validator from 'gltf-validator';

const report = await validator.validateBytes( new Uint8Array( readFileSync( 0 ) ), { maxIssues: 100 } );
process.stdout.write( JSON.stringify( report ) );
