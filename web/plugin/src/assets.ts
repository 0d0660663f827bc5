// What a page needs but once, however many checks it opens: the configuration and the tracking worker.
import { baseUrl, trackerFiles } from './base';
import { Adapter } from './net/adapter';
import { configOf } from './net/config';
import { canTrack, Tracker } from './track/tracker';
import type { Config } from './types';

const FRESH_MS = 5 * 60_000;

let config: { value: Promise<Config>; atMs: number } | null = null;
let tracker: Tracker | null = null;

export function theConfig(signal: AbortSignal): Promise<Config> {
  if (config === null || performance.now() - config.atMs > FRESH_MS) {
    const value = new Adapter(baseUrl()).config(signal).then(configOf);
    config = { value, atMs: performance.now() };
    value.catch(() => {
      config = null;
    });
  }
  return config.value;
}

/** Null where this browser cannot track faces; a tracker that failed is begun anew by the next check. */
export function theTracker(assets: string): Tracker | null {
  if (!canTrack()) return null;
  if (tracker === null || tracker.failed) tracker = new Tracker(trackerFiles(assets));
  return tracker;
}

export function forget(): void {
  config = null;
  tracker?.stop();
  tracker = null;
}

/** As `preinit` says, once the page has nothing better to do: `script` fetches the worker, `full` starts it. */
export function preinit(): void {
  const idle = (window as { requestIdleCallback?: (call: () => void) => void }).requestIdleCallback ?? ((call) => setTimeout(call, 300));
  idle(() => {
    theConfig(new AbortController().signal)
      .then((read) => {
        if (read.preinit === 'full') theTracker(read.assets_base_url);
        if (read.preinit === 'script' && canTrack()) return fetch(trackerFiles(read.assets_base_url).worker, { credentials: 'omit' });
        return undefined;
      })
      .catch(() => undefined); // open() asks again and reports
  });
}
