// From the landmarks of a face to its turn, tilt, roll, eyes and smile: docs/gestures.md, "From a frame to measures".
import { at, distance, dot, mean, middle, minus, type Shape } from './geometry';
import type { Point } from '../types';
import { NUMBERS } from './numbers';

export interface Measures {
  /** Degrees, positive to the person's own left. */
  turn: number;
  /** Degrees, positive up. */
  tilt: number;
  /** Degrees, positive clockwise in the picture. */
  roll: number;
  /** 0 closed, about 0.3 open. */
  eyes: number;
  /** About 0.8 at rest. */
  smile: number;
  /** Distance of the eyes over the shorter side of the picture. */
  size: number;
  /** The middle of the eyes and their distance, in pixels. */
  middle: Point;
  span: number;
}

const degrees = (radians: number): number => (radians * 180) / Math.PI;

/** Null where the shape is no face: a distance that is divided by is not above zero. */
export function measure(shape: Shape, shorterSide: number): Measures | null {
  const right = mean(shape, 36, 41), left = mean(shape, 42, 47);
  const d = distance(right, left);
  if (!(d > 0) || !(shorterSide > 0)) return null;
  const u: Point = [(left[0] - right[0]) / d, (left[1] - right[1]) / d];
  const v: Point = [-u[1], u[0]];
  const m = middle(right, left), q = middle(at(shape, 48), at(shape, 54)), nose = at(shape, 30);
  const height = dot(minus(at(shape, 8), m), v);
  const mouth = distance(at(shape, 48), at(shape, 54));
  const eyes = (openness(shape, 36) + openness(shape, 42)) / 2;
  if (!(height > 0) || !(mouth > 0) || !Number.isFinite(eyes)) return null;

  const { turn, tilt, smile } = NUMBERS.measures;
  const along = dot(minus(nose, middle(m, q)), u);
  const f = dot(minus(nose, m), v) / height;
  const lift = dot(minus(middle(at(shape, 51), at(shape, 57)), q), v) / mouth;
  return {
    turn: degrees(Math.atan(along / (d * turn.lever))),
    tilt: degrees(Math.atan((tilt.rest - f) / tilt.lever)),
    roll: degrees(Math.atan2(u[1], u[0])),
    eyes,
    smile: mouth / d + smile.lift * lift,
    size: d / shorterSide,
    middle: m,
    span: d,
  };
}

// The aspect ratio of an eye whose six points begin at `first`; NaN where it has no width.
function openness(shape: Shape, first: number): number {
  const width = distance(at(shape, first), at(shape, first + 3));
  if (!(width > 0)) return NaN;
  const height = distance(at(shape, first + 1), at(shape, first + 5)) + distance(at(shape, first + 2), at(shape, first + 4));
  return height / (2 * width);
}
