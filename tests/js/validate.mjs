// Khronos' validator as a servant of the Python tests: reads GLBs from stdin, each after its length in four bytes
// (little endian), and answers each with its report as one line of JSON on stdout.
import validator from 'gltf-validator';

let waiting = Buffer.alloc( 0 );
for await ( const chunk of process.stdin ) {
	waiting = Buffer.concat( [ waiting, chunk ] );
	while ( waiting.length >= 4 && waiting.length >= 4 + waiting.readUInt32LE( 0 ) ) {
		const end = 4 + waiting.readUInt32LE( 0 );
		const report = await validator.validateBytes( new Uint8Array( waiting.subarray( 4, end ) ), { maxIssues: 50 } )
			.catch( error => ( { issues: { numErrors: 1, numWarnings: 0, messages: [ { message: String( error ) } ] } } ) );
		process.stdout.write( JSON.stringify( report ) + '\n' );
		waiting = waiting.subarray( end );
	}
}
