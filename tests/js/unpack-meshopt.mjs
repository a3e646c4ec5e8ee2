// A GLB with EXT_meshopt_compression → the same scene without it, in plain buffer views.
import { MeshoptDecoder } from 'three/examples/jsm/libs/meshopt_decoder.module.js';

const NAME = 'EXT_meshopt_compression';

/**
 * @param {Uint8Array} glb
 * @returns {Promise<Uint8Array>} glb itself where nothing in it is compressed
 * @throws {Error} where compressed bytes are malformed
 */
export async function unpackMeshopt( glb ) {
	const bytes = new DataView( glb.buffer, glb.byteOffset, glb.byteLength );
	const jsonLength = bytes.getUint32( 12, true );
	const document = JSON.parse( new TextDecoder().decode( glb.subarray( 20, 20 + jsonLength ) ) );
	if ( ! document.extensionsUsed?.includes( NAME ) ) return glb;
	await MeshoptDecoder.ready;
	const binary = glb.subarray( 28 + jsonLength );
	const parts = [];
	let length = 0;
	for ( const view of document.bufferViews ) {
		const packed = view.extensions?.[ NAME ];
		const start = ( packed ?? view ).byteOffset ?? 0;
		let data = binary.subarray( start, start + ( packed ?? view ).byteLength );
		if ( packed ) {
			const plain = new Uint8Array( packed.count * packed.byteStride );
			MeshoptDecoder.decodeGltfBuffer( plain, packed.count, packed.byteStride, data, packed.mode, packed.filter );
			data = plain;
			delete view.extensions;
		}
		Object.assign( view, { buffer: 0, byteOffset: length, byteLength: data.byteLength } );
		const padding = ( 4 - data.byteLength % 4 ) % 4;
		parts.push( data, new Uint8Array( padding ) );
		length += data.byteLength + padding;
	}
	document.buffers = [ { byteLength: length } ];
	for ( const list of [ 'extensionsUsed', 'extensionsRequired' ] ) {
		document[ list ] = document[ list ]?.filter( ( name ) => name !== NAME );
		if ( ! document[ list ]?.length ) delete document[ list ];
	}
	return container( document, parts, length );
}

function container( document, parts, length ) {
	let json = JSON.stringify( document );
	json += ' '.repeat( ( 4 - Buffer.byteLength( json ) % 4 ) % 4 );
	const text = Buffer.from( json );
	const head = Buffer.alloc( 20 ), middle = Buffer.alloc( 8 );
	[ 0x46546c67, 2, 28 + text.length + length, text.length, 0x4e4f534a ].forEach( ( word, i ) => head.writeUInt32LE( word, 4 * i ) );
	[ length, 0x004e4942 ].forEach( ( word, i ) => middle.writeUInt32LE( word, 4 * i ) );
	return new Uint8Array( Buffer.concat( [ head, text, middle, ...parts ] ) );
}
