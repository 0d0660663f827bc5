// Where the plugin was loaded from, and where its parts lie.
import type { TrackerFiles } from './track/tracker';

declare const __VERSION__: string;
export const VERSION = __VERSION__;

/** The folder of the script's own address; for the npm form, the page's, until setBase() says otherwise. */
let base = ((): string => {
  const script = typeof document === 'undefined' ? null : document.currentScript;
  if (script instanceof HTMLScriptElement && script.src !== '') {
    // As plugin/ozliveness_main.js the script lies one folder below the adapter's.
    return new URL(/\/plugin\/ozliveness_main\.js/.test(script.src) ? '..' : '.', script.src).href;
  }
  return typeof location === 'undefined' ? '' : new URL('.', location.href).href;
})();

export const baseUrl = (): string => base;
export function setBase(url: string): void {
  base = new URL(url.endsWith('/') ? url : url + '/', location.href).href;
}

/** The parts that load in the background. `assets` is assets_base_url of the configuration, or empty. */
export function trackerFiles(assets: string): TrackerFiles {
  const folder = new URL(assets === '' ? `plugin/${VERSION}/` : assets.replace(/\/?$/, '/'), base).href;
  const file = (name: string): string => new URL(name, folder).href;
  return {
    worker: file('tracker.js'), wasm: file('ort.wasm.gz'), detector: file('detector.onnx'),
    landmarks: file('landmarks.onnx'), networks: file('networks.json'),
  };
}
