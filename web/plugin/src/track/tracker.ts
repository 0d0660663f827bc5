// The page's end of the tracking worker. One frame is under way at a time; one lost worker means guidance by time.
import type { FromWorker, Look, ToWorker } from './messages';

export interface TrackerFiles { worker: string; wasm: string; detector: string; landmarks: string; networks: string }

/** WebAssembly with SIMD, by the smallest module that has an instruction of it (v128.const, drop). */
export function hasSimd(): boolean {
  const module = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 23, 1, 21, 0, 253, 12,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 26, 11];
  try {
    return typeof WebAssembly === 'object' && WebAssembly.validate(new Uint8Array(module));
  } catch {
    return false;
  }
}

export const canTrack = (): boolean =>
  typeof Worker === 'function' && typeof OffscreenCanvas === 'function' && typeof createImageBitmap === 'function' &&
  typeof DecompressionStream === 'function' && hasSimd();

export class Tracker {
  private worker: Worker | null = null;
  private waiting = new Map<number, (look: Look | null) => void>();
  private count = 0;
  private state: 'loading' | 'ready' | 'off' = 'loading';
  private settle: (ready: boolean) => void = () => undefined;
  readonly started: Promise<boolean>;

  constructor(files: TrackerFiles) {
    this.started = new Promise((resolve) => {
      this.settle = resolve;
    });
    this.start(files).catch(() => this.off());
  }

  get ready(): boolean { return this.state === 'ready'; }
  get failed(): boolean { return this.state === 'off'; }

  /** Null where the frame could not be looked at. Closes the picture. */
  look(picture: ImageBitmap): Promise<Look | null> {
    if (this.worker === null || this.state !== 'ready') {
      picture.close();
      return Promise.resolve(null);
    }
    const id = ++this.count;
    const message: ToWorker = { type: 'look', id, picture };
    const worker = this.worker;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      worker.postMessage(message, [picture]);
    });
  }

  stop(): void { this.off(); }

  private async start(files: TrackerFiles): Promise<void> {
    const worker = await workerOf(files.worker);
    if (this.state === 'off') return worker.terminate();
    this.worker = worker;
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.hear(data);
    worker.onerror = () => this.off();
    const threads = self.crossOriginIsolated ? Math.min(4, Math.max(1, (navigator.hardwareConcurrency || 2) - 1)) : 1;
    const message: ToWorker = {
      type: 'init', threads, wasm: files.wasm, detector: files.detector, landmarks: files.landmarks, networks: files.networks,
    };
    worker.postMessage(message);
  }

  private hear(message: FromWorker): void {
    if (message.type === 'failed') return this.off();
    if (message.type === 'ready') {
      this.state = 'ready';
      this.settle(true);
      return;
    }
    const resolve = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    resolve?.(message);
  }

  private off(): void {
    this.state = 'off';
    this.worker?.terminate();
    this.worker = null;
    for (const resolve of this.waiting.values()) resolve(null);
    this.waiting.clear();
    this.settle(false);
  }
}

// A worker must come from the page's own origin. From another, its text is fetched and started from a blob, which the
// page's policy has to allow (worker-src blob:).
async function workerOf(url: string): Promise<Worker> {
  if (new URL(url).origin === location.origin) return new Worker(url, { type: 'module', name: 'oz-tracker' });
  const answer = await fetch(url, { credentials: 'omit' });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  const blob = URL.createObjectURL(new Blob([await answer.text()], { type: 'text/javascript' }));
  try {
    return new Worker(blob, { type: 'module', name: 'oz-tracker' });
  } finally {
    setTimeout(() => URL.revokeObjectURL(blob), 10_000);
  }
}
