// What a person should change, from what was seen in a frame. Pure.
import type { Hint } from '../flow/state';
import type { Box } from '../types';
import { centreOf, heightOf, widthOf } from './geometry';
import type { Measures } from './measures';
import { NUMBERS } from './numbers';

export interface Seen {
  /** The largest first. */
  boxes: Box[];
  measures: Measures | null;
  /** Mean brightness of the face, 0..255. */
  light: number;
}

export interface Wish {
  /** Where the frame on the screen lies in the picture, in pixels of the picture. */
  target: Box;
  /** While a gesture is made the head turns, closes its eyes and moves. */
  moving: boolean;
}

/** Shares of the target, brightness 0..255, degrees. */
export const LIMITS = {
  least: 0.42, most: 1.2, off: 0.3, dark: 45, bright: 235, turn: NUMBERS.neutral.turn, tilt: NUMBERS.neutral.tilt,
  closed: 0.12,
} as const;

export function hintOf(seen: Seen, wish: Wish): Hint | null {
  const [face, second] = seen.boxes;
  if (face === undefined) return 'no_face';
  if (second !== undefined && widthOf(second) >= NUMBERS.frame.rival * widthOf(face)) return 'many_faces';
  if (wish.moving) return null;

  const height = heightOf(wish.target);
  if (heightOf(face) < LIMITS.least * height) return 'closer';
  if (heightOf(face) > LIMITS.most * height) return 'further';
  const [x, y] = centreOf(face), [wantedX, wantedY] = centreOf(wish.target);
  if (Math.abs(x - wantedX) > LIMITS.off * widthOf(wish.target) || Math.abs(y - wantedY) > LIMITS.off * height) return 'centre';
  if (seen.light < LIMITS.dark) return 'dark';
  if (seen.light > LIMITS.bright) return 'bright';
  if (seen.measures === null) return 'no_face';
  if (Math.abs(seen.measures.turn) > LIMITS.turn || Math.abs(seen.measures.tilt) > LIMITS.tilt) return 'straight';
  if (seen.measures.eyes < LIMITS.closed) return 'open_eyes';
  return null;
}

/** How good a frame is to judge a face by: 0..1, the largest is the best shot. */
export function worth(seen: Seen & { sharpness: number }, target: Box): number {
  const [face] = seen.boxes;
  if (face === undefined || seen.measures === null || seen.boxes.length > 1) return 0;
  const { turn, tilt, roll, eyes } = seen.measures;
  const frontal = Math.max(0, 1 - (Math.abs(turn) / 40 + Math.abs(tilt) / 60 + Math.abs(roll) / 60));
  const open = Math.min(1, eyes / 0.25);
  const size = Math.min(1, heightOf(face) / (0.7 * heightOf(target)));
  const sharp = Math.min(1, seen.sharpness / 120);
  const light = Math.max(0, 1 - Math.abs(seen.light - 130) / 130);
  return 0.35 * frontal + 0.3 * open + 0.1 * size + 0.15 * sharp + 0.1 * light;
}
