// The geometry of the two networks, after src/face/detector.cpp, decode.cpp and landmarks.cpp. Pure.
import type { Box } from '../types';
import { overlap } from './geometry';

/** An entry of networks.json: what models/catalog.json says of a network's input. */
export interface Network {
  input: { name: string; width: number; height: number; colour: 'rgb' | 'bgr' | 'grey'; mean: number[]; scale: number[] };
  outputs: string[];
  parameters: Record<string, unknown>;
}
export interface Networks { detector: Network; landmarks: Network }

/**
 * Without the server's second look at each candidate a face must be surer than it is asked to be there: the catalog's
 * threshold of 0.3 is made for being confirmed.
 */
export const SURE = 0.6;

/** The part of the network's input that a whole picture takes when its aspect is kept; the rest is black. */
export function placed(picture: { width: number; height: number }, input: { width: number; height: number }): Box {
  const scale = Math.min(input.width / picture.width, input.height / picture.height);
  const width = picture.width * scale, height = picture.height * scale;
  const left = (input.width - width) / 2, top = (input.height - height) / 2;
  return { left, top, right: left + width, bottom: top + height };
}

/** RGBA bytes to the planes a network wants. */
export function planes(rgba: Uint8ClampedArray, network: Network): Float32Array {
  const { width, height, colour, mean, scale } = network.input;
  const area = width * height;
  if (colour === 'grey') {
    const out = new Float32Array(area);
    for (let i = 0; i < area; ++i) out[i] = (greyAt(rgba, i) - (mean[0] ?? 0)) / (scale[0] ?? 1);
    return out;
  }
  const out = new Float32Array(3 * area);
  const order = colour === 'rgb' ? [0, 1, 2] : [2, 1, 0];
  order.forEach((channel, plane) => {
    const m = mean[plane] ?? 0, s = scale[plane] ?? 1, from = plane * area;
    for (let i = 0; i < area; ++i) out[from + i] = ((rgba[4 * i + channel] ?? 0) - m) / s;
  });
  return out;
}

/** BT.601, as OpenCV has it. */
export const greyAt = (rgba: Uint8ClampedArray, i: number): number =>
  Math.round(0.299 * (rgba[4 * i] ?? 0) + 0.587 * (rgba[4 * i + 1] ?? 0) + 0.114 * (rgba[4 * i + 2] ?? 0));

export interface Candidate { box: Box; score: number }

/** Scores (n, 2), the second being the face; boxes (n, 4) in shares of the input. Boxes come back in its pixels. */
export function decodeRfb(scores: Float32Array, boxes: Float32Array, input: { width: number; height: number }, least: number): Candidate[] {
  const found: Candidate[] = [];
  const count = Math.min(scores.length / 2, Math.floor(boxes.length / 4));
  for (let i = 0; i < count; ++i) {
    const score = scores[2 * i + 1] ?? 0;
    if (score < least) continue;
    const box = {
      left: (boxes[4 * i] ?? 0) * input.width, top: (boxes[4 * i + 1] ?? 0) * input.height,
      right: (boxes[4 * i + 2] ?? 0) * input.width, bottom: (boxes[4 * i + 3] ?? 0) * input.height,
    };
    if (box.right > box.left && box.bottom > box.top) found.push({ box, score });
  }
  return found;
}

export function suppressed(candidates: Candidate[], most: number): Candidate[] {
  const kept: Candidate[] = [];
  for (const candidate of [...candidates].sort((a, b) => b.score - a.score)) {
    if (kept.every((other) => overlap(candidate.box, other.box) <= most)) kept.push(candidate);
  }
  return kept;
}

/** From the input's pixels to the picture's. */
export function back(box: Box, place: Box, picture: { width: number; height: number }): Box {
  const x = picture.width / (place.right - place.left), y = picture.height / (place.bottom - place.top);
  return {
    left: (box.left - place.left) * x, top: (box.top - place.top) * y,
    right: (box.right - place.left) * x, bottom: (box.bottom - place.top) * y,
  };
}

export interface Square { x: number; y: number; side: number; roll: number }

/** The square whose crop the landmark network sees; turned upright where the head leans more than `lean` degrees. */
export function squareOf(box: Box, roll: number, network: Network): Square {
  const { crop, side, lean } = network.parameters;
  const width = box.right - box.left, height = box.bottom - box.top;
  const length = Number(crop ?? 1) * (side === 'height' ? height : Math.max(width, height));
  return {
    x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2, side: length,
    roll: Math.abs(roll) < Number(lean ?? 180) ? 0 : roll,
  };
}

/** The network's 68 points, in shares of its square, to the picture's pixels. */
export function shapeOf(numbers: Float32Array, square: Square): Float32Array | null {
  if (numbers.length < 136) return null;
  const angle = (square.roll * Math.PI) / 180, cos = Math.cos(angle), sin = Math.sin(angle);
  const shape = new Float32Array(136);
  for (let i = 0; i < 68; ++i) {
    const x = ((numbers[2 * i] ?? 0) - 0.5) * square.side, y = ((numbers[2 * i + 1] ?? 0) - 0.5) * square.side;
    shape[2 * i] = square.x + cos * x - sin * y;
    shape[2 * i + 1] = square.y + sin * x + cos * y;
  }
  return shape;
}

/** Mean brightness, 0..255, and sharpness (variance of the Laplacian) of grey pixels. */
export function lightAndSharpness(grey: ArrayLike<number>, width: number, height: number): { light: number; sharpness: number } {
  let sum = 0, edges = 0, squares = 0, count = 0;
  for (let i = 0; i < width * height; ++i) sum += grey[i] ?? 0;
  for (let y = 1; y < height - 1; ++y) {
    for (let x = 1; x < width - 1; ++x) {
      const i = y * width + x;
      const edge = (grey[i - 1] ?? 0) + (grey[i + 1] ?? 0) + (grey[i - width] ?? 0) + (grey[i + width] ?? 0) - 4 * (grey[i] ?? 0);
      edges += edge;
      squares += edge * edge;
      count += 1;
    }
  }
  const mean = count > 0 ? edges / count : 0;
  return { light: sum / Math.max(1, width * height), sharpness: count > 0 ? squares / count - mean * mean : 0 };
}
