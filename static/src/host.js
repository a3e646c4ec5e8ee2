/**
 * For the page that holds /s/none in a frame (the Gradio app imports it from /viewer/host.js):
 *
 *     const { connect } = await import('/viewer/host.js');
 *     const scene = connect(frame, { loaded: (id) => …, failed: (id, message) => … });
 *     scene.load('AbCdEfGhIjKlMnOp');
 *
 * The frame keeps its document and its WebGL context from one scene to the next.
 */

/**
 * @param {HTMLIFrameElement} frame of the same origin
 * @param {{ loaded?: (id: string) => void, failed?: (id: string, message: string) => void,
 * moved?: (id: string) => void }} [told] moved: the visitor has gone to another scene from within the headset
 * @returns {{ load: (id: string) => void, preview: (image: string) => void, dispose: () => void }}
 */
export function connect(frame, { loaded, failed, moved } = {}) {
  let wanted = '';
  const send = (/** @type {object} */ message) =>
    frame.contentWindow?.postMessage({ ldm3d: 1, ...message }, location.origin);
  const hear = (/** @type {MessageEvent} */ { data, origin, source }) => {
    if (!frame.isConnected) return dispose();
    if (origin !== location.origin || source !== frame.contentWindow || data?.ldm3d !== 1) return;
    // The frame may be ready before or after this script: then what was asked for too early is asked for again.
    if (data.type === 'ready' && wanted) send({ type: 'load', id: wanted });
    else if (data.type === 'loaded') loaded?.(String(data.id));
    else if (data.type === 'moved') moved?.((wanted = String(data.id)));
    else if (data.type === 'failed') failed?.(String(data.id), String(data.message));
  };
  const dispose = () => removeEventListener('message', hear);
  addEventListener('message', hear);
  return {
    /** @param {string} id of a scene */
    load(id) {
      wanted = id;
      send({ type: 'load', id });
    },
    /** How far a generation is. @param {string} image a data: address of a PNG, JPEG or WebP */
    preview(image) {
      send({ type: 'preview', image });
    },
    dispose,
  };
}
