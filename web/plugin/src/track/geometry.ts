// Points, boxes and the 68 landmarks (iBUG order) in pixels of the frame as the camera took it, x right, y down.
import type { Box, Landmarks, Point } from '../types';

/** 68 points as x0, y0, x1, y1, ... */
export type Shape = ArrayLike<number>;
export const POINTS = 68;

export const at = (shape: Shape, index: number): Point => [shape[2 * index] ?? NaN, shape[2 * index + 1] ?? NaN];

export function mean(shape: Shape, from: number, to: number): Point {
  let x = 0, y = 0;
  for (let i = from; i <= to; ++i) {
    x += shape[2 * i] ?? NaN;
    y += shape[2 * i + 1] ?? NaN;
  }
  const count = to - from + 1;
  return [x / count, y / count];
}

export const distance = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1]);
export const middle = (a: Point, b: Point): Point => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
export const minus = (a: Point, b: Point): Point => [a[0] - b[0], a[1] - b[1]];
export const dot = (a: Point, b: Point): number => a[0] * b[0] + a[1] * b[1];

export const widthOf = (box: Box): number => box.right - box.left;
export const heightOf = (box: Box): number => box.bottom - box.top;
export const areaOf = (box: Box): number => Math.max(0, widthOf(box)) * Math.max(0, heightOf(box));
export const centreOf = (box: Box): Point => [(box.left + box.right) / 2, (box.top + box.bottom) / 2];

export function overlap(a: Box, b: Box): number {
  const shared = areaOf({
    left: Math.max(a.left, b.left), top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right), bottom: Math.min(a.bottom, b.bottom),
  });
  const all = areaOf(a) + areaOf(b) - shared;
  return all > 0 ? shared / all : 0;
}

const round = (point: Point): Point => [Math.round(point[0] * 10) / 10, Math.round(point[1] * 10) / 10];

/**
 * The named points that a page gets. Left and right are the person's own. The ears are the ends of the jaw line, where
 * it meets them.
 */
export function landmarksOf(shape: Shape): Landmarks {
  return {
    left_eye: round(mean(shape, 42, 47)), right_eye: round(mean(shape, 36, 41)), nose_base: round(at(shape, 33)),
    mouth_bottom: round(at(shape, 57)), left_ear: round(at(shape, 16)), right_ear: round(at(shape, 0)),
  };
}

export const roundedBox = (box: Box): Box => ({
  left: Math.round(box.left), top: Math.round(box.top), right: Math.round(box.right), bottom: Math.round(box.bottom),
});
