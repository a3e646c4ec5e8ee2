/** One file over the network: abortable, with progress, and every failure as a sentence. */

import { LIMITS, SceneFault } from './glb.js';

/** @typedef {{ loaded: number, total: number | null }} Progress bytes; total is null where the server does not say */

/**
 * @param {string} url @param {AbortSignal} signal @param {(progress: Progress) => void} onProgress
 * @returns {Promise<ArrayBuffer>} the whole body
 * @throws {SceneFault} with a sentence for the visitor; an aborted download throws the browser's AbortError
 */
export async function download(url, signal, onProgress) {
  const response = await fetch(url, { signal, credentials: 'same-origin' }).catch((error) => {
    throw signal.aborted ? error : new SceneFault('reach');
  });
  if (response.status === 404) throw new SceneFault('missing');
  if (!response.ok) throw new SceneFault('answer', { status: response.status });

  // A compressed answer's length counts other bytes than the ones that arrive here.
  const length = response.headers.has('content-encoding') ? null : response.headers.get('content-length');
  const total = length === null ? null : Number(length);
  if (total !== null && total > LIMITS.bytes) throw new SceneFault('large');

  /** @type {Uint8Array[]} */
  const chunks = [];
  let loaded = 0;
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  onProgress({ loaded, total });
  for (;;) {
    const { done, value } = await reader.read().catch((error) => {
      throw signal.aborted ? error : new SceneFault('broke');
    });
    if (done) break;
    chunks.push(value);
    loaded += value.byteLength;
    if (loaded > LIMITS.bytes) {
      await reader.cancel();
      throw new SceneFault('large');
    }
    onProgress({ loaded, total });
  }
  const whole = new Uint8Array(loaded);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole.buffer;
}
