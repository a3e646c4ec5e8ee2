/** A promise that is settled from outside and knows whether it is. */
export function deferred() {
  /** @type {() => void} */ let resolve = () => {};
  /** @type {(reason: unknown) => void} */ let reject = () => {};
  const promise = /** @type {Promise<void>} */ (new Promise((yes, no) => ((resolve = yes), (reject = no))));
  promise.catch(() => {}); // nobody has to listen
  const state = {
    promise,
    settled: false,
    resolve: () => ((state.settled = true), resolve()),
    reject: (/** @type {unknown} */ reason) => ((state.settled = true), reject(reason)),
  };
  return state;
}
