// Khronos' validator as a servant of the Python tests: reads GLBs from stdin, each after its length in four bytes
// (little endian), and answers each with its report as one line of JSON on stdout.
//
// The validator does not know meshopt and would not look into compressed views. So a file with such views is shown to it
// twice, as it is and unpacked by the decoder that the viewer uses, and the report holds what was found in either.
import validator from 'gltf-validator';
import { unpackMeshopt } from './unpack-meshopt.mjs';

let waiting = Buffer.alloc( 0 );
for await ( const chunk of process.stdin ) {
	waiting = Buffer.concat( [ waiting, chunk ] );
	while ( waiting.length >= 4 && waiting.length >= 4 + waiting.readUInt32LE( 0 ) ) {
		const end = 4 + waiting.readUInt32LE( 0 );
		process.stdout.write( JSON.stringify( await report( new Uint8Array( waiting.subarray( 4, end ) ) ) ) + '\n' );
		waiting = waiting.subarray( end );
	}
}

async function report( glb ) {
	const asItIs = await look( glb );
	// What is wrong on the outside cannot be unpacked.
	if ( asItIs.issues.numErrors > 0 ) return asItIs;
	let plain;
	try {
		plain = await unpackMeshopt( glb );
	} catch ( error ) {
		return fault( `meshopt: ${ error }` );
	}
	if ( plain === glb ) return asItIs;
	const unpacked = await look( plain );
	const [ a, b ] = [ asItIs.issues, unpacked.issues ];
	unpacked.issues = {
		numErrors: a.numErrors + b.numErrors,
		numWarnings: a.numWarnings + b.numWarnings,
		messages: [ ...a.messages, ...b.messages ],
	};
	return unpacked;
}

function look( glb ) {
	return validator.validateBytes( glb, { maxIssues: 50 } ).catch( error => fault( String( error ) ) );
}

function fault( message ) {
	return { issues: { numErrors: 1, numWarnings: 0, messages: [ { message } ] } };
}
