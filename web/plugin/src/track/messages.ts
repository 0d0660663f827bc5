// What the page and the tracking worker say to each other.
import type { Box } from '../types';

export type ToWorker =
  | { type: 'init'; wasm: string; detector: string; landmarks: string; networks: string; threads: number }
  | { type: 'look'; id: number; picture: ImageBitmap };

export interface Look {
  id: number;
  /** In pixels of the picture, the largest first. */
  boxes: Box[];
  /** 68 points of the largest face. */
  shape: Float32Array | null;
  light: number;
  sharpness: number;
  tookMs: number;
}

export type FromWorker =
  | { type: 'ready'; tookMs: number; threads: number }
  | { type: 'failed'; message: string }
  | ({ type: 'seen' } & Look);
