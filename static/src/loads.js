/** Loads of an element, of which the newest counts: download, parse, show; and `ready`, which settles with it. */

import { deferred } from './deferred.js';
import { download } from './download.js';
import { SceneFault } from './glb.js';
import { disposeScene, parseScene } from './loading.js';

/** @typedef {import('./loading.js').LoadedScene} LoadedScene */
/**
 * @typedef {object} Steps
 * @property {(progress: import('./download.js').Progress) => void} progress
 * @property {(scene: LoadedScene) => Promise<void> | undefined} fit before it is shown
 * @property {(scene: LoadedScene) => void} show
 */

export class Loads {
  /** @type {AbortController | null} */
  #newest = null;
  #ready = deferred();

  /** Settles with the newest load. */
  get ready() {
    return this.#ready.promise;
  }

  /** Whether one is under way. */
  get busy() {
    return this.#newest !== null;
  }

  abort() {
    this.#newest?.abort();
    this.#newest = null;
  }

  /** The one under way is given up. */
  begin() {
    this.abort();
    this.#newest = new AbortController();
    if (this.#ready.settled) this.#ready = deferred();
    return this.#newest;
  }

  /**
   * @param {string} url of a GLB @param {AbortController} load from `begin` @param {Steps | null} steps null: nothing
   * can be drawn here @param {(fault: SceneFault) => void} fail
   * @returns {Promise<void>} rejects with a SceneFault, or with an AbortError where a later load took over
   */
  async run(url, { signal }, steps, fail) {
    try {
      if (!steps) throw new SceneFault('webgl');
      const data = await download(url, signal, steps.progress);
      const scene = await parseScene(data);
      await steps.fit(scene);
      if (signal.aborted) {
        disposeScene(scene);
        throw new DOMException('Another scene was asked for.', 'AbortError');
      }
      this.#newest = null;
      steps.show(scene);
      this.#ready.resolve();
    } catch (error) {
      if (!signal.aborted) {
        this.#newest = null;
        fail(error instanceof SceneFault ? error : new SceneFault('show'));
        this.#ready.reject(error);
      }
      throw error;
    }
  }
}
