// Pictures out of the camera's video, and out of files.

/** Longer side of what is captured; more costs upload time and gains no accuracy. */
export const LONGEST = 1280;
export const LONGEST_DOCUMENT = 2560;
const JPEG_QUALITY = 0.88;

export function fitted(width: number, height: number, longest: number): { width: number; height: number } {
  const scale = Math.min(1, longest / Math.max(width, height, 1));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

export class Grabber {
  private readonly canvas = document.createElement('canvas');
  private readonly drawing = this.canvas.getContext('2d', { alpha: false });

  /** Draws the video's present picture; false while there is none. */
  grab(video: HTMLVideoElement, longest: number): boolean {
    if (video.videoWidth === 0 || video.videoHeight === 0 || this.drawing === null) return false;
    const size = fitted(video.videoWidth, video.videoHeight, longest);
    if (this.canvas.width !== size.width || this.canvas.height !== size.height) Object.assign(this.canvas, size);
    this.drawing.drawImage(video, 0, 0, size.width, size.height);
    return true;
  }

  get width(): number { return this.canvas.width; }
  get height(): number { return this.canvas.height; }

  bitmap(): Promise<ImageBitmap> { return createImageBitmap(this.canvas); }
  jpeg(): Promise<Blob> { return blobOf(this.canvas, 'image/jpeg', JPEG_QUALITY); }
}

export function blobOf(canvas: HTMLCanvasElement, type: string, quality?: number): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The browser could not encode a picture.'))), type, quality);
  });
}

export async function pngOf(bitmap: ImageBitmap): Promise<Blob> {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: bitmap.width, height: bitmap.height });
  canvas.getContext('2d', { alpha: false })?.drawImage(bitmap, 0, 0);
  return blobOf(canvas, 'image/png');
}

/** A picture a person chose, at most `longest` on a side, upright by its EXIF tag. Rejects what is no picture. */
export async function jpegOfFile(file: Blob, longest: number): Promise<Blob> {
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    Object.assign(canvas, fitted(image.naturalWidth, image.naturalHeight, longest));
    const drawing = canvas.getContext('2d', { alpha: false });
    if (drawing === null) throw new Error('This browser cannot draw.');
    drawing.fillStyle = '#fff';
    drawing.fillRect(0, 0, canvas.width, canvas.height);
    drawing.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await blobOf(canvas, 'image/jpeg', JPEG_QUALITY);
  } finally {
    URL.revokeObjectURL(url);
  }
}

export function dataUrlOf(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error('The picture could not be read.'));
    reader.readAsDataURL(blob);
  });
}
