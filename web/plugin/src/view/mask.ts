// The 3D mask: lines over the face that follow it, brighter where they are nearer.
import { onStage, type Size } from './frame';
import { rgbOf, shareOf, type FullStyle } from './style';

/** Of the 68 points: jaw, brows, nose, eyes and mouth, and what ties them. */
const LINES: number[][] = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], [17, 18, 19, 20, 21], [22, 23, 24, 25, 26],
  [27, 28, 29, 30], [31, 32, 33, 34, 35], [36, 37, 38, 39, 40, 41, 36], [42, 43, 44, 45, 46, 47, 42],
  [48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 48], [0, 17], [16, 26], [21, 27, 22], [1, 36, 31], [15, 45, 35],
  [2, 31, 48, 4], [14, 35, 54, 12], [30, 33, 51], [57, 8], [59, 6], [55, 10], [39, 27, 42], [31, 30, 35],
];
const NEAR = new Set([27, 28, 29, 30, 31, 32, 33, 34, 35, 51]);

export interface Masked {
  shape: ArrayLike<number>; size: Size; picture: Size; mirrored: boolean; style: FullStyle['maskCustomization'];
}

export function drawMask(canvas: HTMLCanvasElement, masked: Masked | null): void {
  const drawing = canvas.getContext('2d');
  if (drawing === null) return;
  if (masked === null) {
    drawing.clearRect(0, 0, canvas.width, canvas.height);
    return;
  }
  const { shape, size, picture, mirrored, style } = masked;
  const width = Math.round(size.width), height = Math.round(size.height);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  drawing.clearRect(0, 0, width, height);
  const mask = rgbOf(style.maskColor) ?? [0, 136, 0], glow = rgbOf(style.glowColor) ?? [0, 1, 2];
  const least = shareOf(style.minAlpha), most = shareOf(style.maxAlpha);
  // The landmarks are of the picture that was captured, which may be smaller than the video's.
  const scale = Math.min(1, 1280 / Math.max(picture.width, picture.height, 1));
  const seen = { width: picture.width * scale, height: picture.height * scale };
  const at = (i: number): [number, number] => onStage(shape[2 * i] ?? 0, shape[2 * i + 1] ?? 0, size, seen, mirrored);
  drawing.lineWidth = 1.5;
  drawing.lineJoin = 'round';
  drawing.shadowColor = `rgb(${glow.join(',')})`;
  drawing.shadowBlur = 6;
  for (const line of LINES) {
    const near = line.filter((i) => NEAR.has(i)).length / line.length;
    drawing.strokeStyle = `rgba(${mask.join(',')},${least + (most - least) * near})`;
    drawing.beginPath();
    line.forEach((i, n) => (n === 0 ? drawing.moveTo(...at(i)) : drawing.lineTo(...at(i))));
    drawing.stroke();
  }
}
