import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { landmarksOf } from '../../src/track/geometry';
import { hintOf, worth } from '../../src/track/hints';
import { Judge, rivals } from '../../src/track/judge';
import { measure, type Measures } from '../../src/track/measures';
import { back, decodeRfb, lightAndSharpness, placed, planes, shapeOf, squareOf, suppressed, type Network } from '../../src/track/networks';
import { hasSimd } from '../../src/track/tracker';

/** A drawn face of 68 points: eyes 100 apart, the nose moved by `nose`, the eyes open by `open`. */
function face({ nose = [0, 0], open = 8, mouth = 40 }: { nose?: [number, number]; open?: number; mouth?: number } = {}): Float32Array {
  const shape = new Float32Array(136);
  const put = (i: number, x: number, y: number): void => { shape.set([x, y], 2 * i); };
  for (let i = 0; i <= 16; ++i) put(i, 100 + i * 12.5, 200 + 130 * Math.sin((Math.PI * i) / 16));
  for (let i = 17; i <= 26; ++i) put(i, 130 + (i - 17) * 15, 170);
  for (let i = 27; i <= 30; ++i) put(i, 200, 200 + (i - 27) * 15);
  put(30, 200 + nose[0], 246 + nose[1]);
  for (let i = 31; i <= 35; ++i) put(i, 185 + (i - 31) * 7.5, 256);
  for (const [first, x] of [[36, 150], [42, 250]] as const) {
    put(first, x - 20, 200); put(first + 1, x - 7, 200 - open); put(first + 2, x + 7, 200 - open);
    put(first + 3, x + 20, 200); put(first + 4, x + 7, 200 + open); put(first + 5, x - 7, 200 + open);
  }
  for (let i = 48; i <= 67; ++i) put(i, 200, 300);
  put(48, 200 - mouth, 300); put(54, 200 + mouth, 300); put(51, 200, 292); put(57, 200, 310);
  return shape;
}

describe('measures', () => {
  it('of a face that looks ahead are near zero', () => {
    const found = measure(face(), 480) as Measures;
    expect(Math.abs(found.turn)).toBeLessThan(1);
    expect(Math.abs(found.roll)).toBeLessThan(0.1);
    expect(found.eyes).toBeCloseTo(0.4, 1);
    expect(found.size).toBeCloseTo(100 / 480, 3);
  });
  it('turn to the person\'s own left is to the right of the picture, and positive', () => {
    expect((measure(face({ nose: [25, 0] }), 480) as Measures).turn).toBeGreaterThan(15);
    expect((measure(face({ nose: [-25, 0] }), 480) as Measures).turn).toBeLessThan(-15);
  });
  it('tilt is positive up', () => {
    expect((measure(face({ nose: [0, -20] }), 480) as Measures).tilt).toBeGreaterThan((measure(face(), 480) as Measures).tilt);
  });
  it('of what is no face are none', () => {
    expect(measure(new Float32Array(136), 480)).toBeNull();
    expect(measure(new Float32Array(10), 480)).toBeNull();
  });
  it('name points by the person\'s own sides', () => {
    const points = landmarksOf(face());
    expect(points.left_eye[0]).toBeGreaterThan(points.right_eye[0]);
    expect(points.left_ear[0]).toBeGreaterThan(points.right_ear[0]);
  });
});

interface Case {
  name: string; gesture: string; done: boolean; reason?: string; mirrored?: boolean | null; frames: Record<string, number>[];
}
const cases = JSON.parse(readFileSync(new URL('../../../../tests/face/gestures_cases.json', import.meta.url), 'utf8')) as {
  defaults: Record<string, number>; cases: Case[];
  shapes: { name: string; picture: [number, number]; measures: Record<string, number>; points: [number, number][] }[];
};

describe('gestures, as the server has them', () => {
  it.each(cases.shapes.map((one) => [one.name, one] as const))('measures: %s', (_, one) => {
    const found = measure(one.points.flat(), Math.min(...one.picture)) as unknown as Record<string, number>;
    for (const [name, value] of Object.entries(one.measures)) expect(found[name], name).toBeCloseTo(value, 2);
  });
  // A browser always knows whether its camera is mirrored: the cases where that is unknown are the server's alone.
  const ours = cases.cases.filter((one) => one.mirrored !== null);
  it.each(ours.map((one) => [one.name, one] as const))('%s', (_, one) => {
    const judge = new Judge(one.gesture);
    const sign = one.mirrored === true ? -1 : 1;
    for (const frame of one.frames) {
      const f = { ...cases.defaults, ...frame } as Record<string, number>;
      const of = (key: string): number => f[key] ?? 0;
      judge.add({
        tMs: of('t'), faces: of('faces'),
        measures: of('faces') === 0 ? null : {
          turn: sign * of('turn'), tilt: of('tilt'), roll: sign * of('roll'), eyes: of('eyes'), smile: of('smile'), size: of('size'),
          middle: [of('x'), of('y')], span: of('d'),
        },
      });
    }
    expect(judge.verdict().done).toBe(one.done);
    expect(judge.reason()).toBe(one.reason ?? null);
  });
  it('count a second face by its width', () => {
    expect(rivals([100, 59])).toBe(1);
    expect(rivals([60, 100])).toBe(2);
    expect(rivals([])).toBe(0);
  });
});

describe('hints', () => {
  const target = { left: 100, top: 100, right: 300, bottom: 400 };
  const wish = { target, moving: false };
  const box = { left: 120, top: 150, right: 280, bottom: 350 };
  const seen = { boxes: [box], measures: { ...(measure(face(), 480) as Measures), turn: 0, tilt: 0 }, light: 120 };
  it.each([
    ['no_face', { ...seen, boxes: [] }],
    ['many_faces', { ...seen, boxes: [box, { ...box, left: 400, right: 540 }] }],
    ['closer', { ...seen, boxes: [{ left: 180, top: 220, right: 230, bottom: 290 }] }],
    ['further', { ...seen, boxes: [{ left: 50, top: 50, right: 350, bottom: 450 }] }],
    ['centre', { ...seen, boxes: [{ ...box, left: 0, right: 160 }] }],
    ['dark', { ...seen, light: 20 }],
    ['bright', { ...seen, light: 250 }],
    ['straight', { ...seen, measures: { ...seen.measures, turn: 25 } }],
    ['open_eyes', { ...seen, measures: { ...seen.measures, eyes: 0.05 } }],
    [null, seen],
  ] as const)('%s', (hint, what) => {
    expect(hintOf(what as typeof seen, wish)).toBe(hint);
  });
  it('ask for nothing but a face while a gesture is made', () => {
    expect(hintOf({ ...seen, light: 20, measures: { ...seen.measures, turn: 40 } }, { ...wish, moving: true })).toBeNull();
    expect(hintOf({ ...seen, boxes: [] }, { ...wish, moving: true })).toBe('no_face');
  });
  it('find a frame that looks ahead worth more than one with closed eyes', () => {
    const sharp = { ...seen, sharpness: 100 };
    expect(worth(sharp, target)).toBeGreaterThan(worth({ ...sharp, measures: { ...seen.measures, eyes: 0.05 } }, target));
    expect(worth(sharp, target)).toBeGreaterThan(worth({ ...sharp, sharpness: 5 }, target));
  });
});

describe('networks', () => {
  const network = (colour: 'rgb' | 'bgr' | 'grey'): Network => ({
    input: { name: 'input', width: 2, height: 1, colour, mean: colour === 'grey' ? [0] : [127, 127, 127], scale: colour === 'grey' ? [256] : [128, 128, 128] },
    outputs: [], parameters: { crop: 1, side: 'longer', lean: 10 },
  });
  const pixels = new Uint8ClampedArray([255, 127, 0, 255, 0, 0, 0, 255]);
  it('take planes in their order of colours', () => {
    expect([...planes(pixels, network('rgb'))]).toEqual([1, -127 / 128, 0, -127 / 128, -127 / 128, -127 / 128].map(Math.fround));
    expect([...planes(pixels, network('bgr'))].slice(0, 2)).toEqual([-127 / 128, -127 / 128].map(Math.fround));
    expect([...planes(pixels, network('grey'))][0]).toBeCloseTo(151 / 256, 2);
  });
  it('see a picture whole, with its aspect kept', () => {
    expect(placed({ width: 1280, height: 720 }, { width: 320, height: 240 })).toEqual({ left: 0, top: 30, right: 320, bottom: 210 });
    const place = placed({ width: 480, height: 640 }, { width: 320, height: 240 });
    expect(back(place, place, { width: 480, height: 640 })).toEqual({ left: 0, top: 0, right: 480, bottom: 640 });
  });
  it('decode faces and keep the surest of those that overlap', () => {
    const scores = new Float32Array([0.1, 0.9, 0.2, 0.8, 0.9, 0.1, 0.3, 0.7]);
    const boxes = new Float32Array([0.1, 0.1, 0.5, 0.5, 0.12, 0.1, 0.5, 0.5, 0, 0, 1, 1, 0.6, 0.6, 0.9, 0.9]);
    const found = suppressed(decodeRfb(scores, boxes, { width: 320, height: 240 }, 0.6), 0.4);
    expect(found.map(({ score }) => Math.round(score * 10))).toEqual([9, 7]);
  });
  it('bring points back from a square that was turned upright', () => {
    const square = squareOf({ left: 0, top: 0, right: 100, bottom: 200 }, 30, network('grey'));
    expect(square).toEqual({ x: 50, y: 100, side: 200, roll: 30 });
    expect(squareOf({ left: 0, top: 0, right: 100, bottom: 200 }, 5, network('grey')).roll).toBe(0);
    const shape = shapeOf(new Float32Array(136).fill(0.5), square) as Float32Array;
    expect([shape[0], shape[1]]).toEqual([50, 100]);
    expect(shapeOf(new Float32Array(10), square)).toBeNull();
  });
  it('tell light and sharpness', () => {
    expect(lightAndSharpness(new Array(64).fill(80), 8, 8)).toEqual({ light: 80, sharpness: 0 });
    const board = Array.from({ length: 64 }, (_, i) => ((i + (i >> 3)) % 2) * 255);
    expect(lightAndSharpness(board, 8, 8).sharpness).toBeGreaterThan(1000);
  });
  it('run where WebAssembly has SIMD, as in this Node', () => {
    expect(hasSimd()).toBe(true);
  });
});
