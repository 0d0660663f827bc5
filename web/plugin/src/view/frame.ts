// Where the frame for a face or a document lies on the stage, and what of the picture it shows. Pure.
import type { Box } from '../types';

export interface Size { width: number; height: number }
export interface Place { x: number; y: number; width: number; height: number }

/** ISO/IEC 7810 ID-1. */
const CARD = 85.6 / 53.98;
/** Width over height of the face frame, and its centre's height on the stage: below the hint, which is at 38 % by default. */
const FACE = 0.76;
const FACE_CENTRE = 0.56;

export function faceFrame(stage: Size): Place {
  const tall = stage.height > stage.width;
  const height = Math.min(stage.height * (tall ? 0.52 : 0.62), (stage.width * 0.76) / FACE);
  const width = height * FACE;
  return { x: (stage.width - width) / 2, y: stage.height * FACE_CENTRE - height / 2, width, height };
}

export function documentFrame(stage: Size): Place {
  const width = Math.min(stage.width * 0.9, stage.height * 0.56 * CARD);
  const height = width / CARD;
  return { x: (stage.width - width) / 2, y: stage.height * 0.47 - height / 2, width, height };
}

/** The part of a picture that lies in `place` when it fills the stage (object-fit: cover), in pixels of the picture. */
export function inPicture(place: Place, stage: Size, picture: Size, mirrored: boolean): Box {
  const scale = Math.max(stage.width / Math.max(1, picture.width), stage.height / Math.max(1, picture.height)) || 1;
  const offX = (picture.width * scale - stage.width) / 2, offY = (picture.height * scale - stage.height) / 2;
  const left = (place.x + offX) / scale, right = (place.x + place.width + offX) / scale;
  return {
    left: mirrored ? picture.width - right : left, right: mirrored ? picture.width - left : right,
    top: (place.y + offY) / scale, bottom: (place.y + place.height + offY) / scale,
  };
}

/** A point of the picture on the stage. */
export function onStage(x: number, y: number, stage: Size, picture: Size, mirrored: boolean): [number, number] {
  const scale = Math.max(stage.width / Math.max(1, picture.width), stage.height / Math.max(1, picture.height)) || 1;
  const px = x * scale - (picture.width * scale - stage.width) / 2, py = y * scale - (picture.height * scale - stage.height) / 2;
  return [mirrored ? stage.width - px : px, py];
}

/** A closed path: an oval, or a rectangle with round corners, `by` pixels larger on every side. */
export function outline(place: Place, kind: 'oval' | 'rectangle', radius: number, by = 0): string {
  const x = place.x - by, y = place.y - by, width = place.width + 2 * by, height = place.height + 2 * by;
  if (kind === 'oval') {
    const rx = width / 2, ry = height / 2;
    return `M${x + rx} ${y}a${rx} ${ry} 0 1 1 -0.010 0z`;
  }
  const r = Math.min(Math.max(0, radius + by), width / 2, height / 2);
  return `M${x + width / 2} ${y}H${x + width - r}a${r} ${r} 0 0 1 ${r} ${r}V${y + height - r}a${r} ${r} 0 0 1 ${-r} ${r}` +
    `H${x + r}a${r} ${r} 0 0 1 ${-r} ${-r}V${y + r}a${r} ${r} 0 0 1 ${r} ${-r}z`;
}
