// From what was recorded to what the page gets and what is sent: digests, signed facts, data URLs.
import type { Taken } from './capture';
import type { Facts } from './camera/camera';
import { dataUrlOf, pngOf } from './camera/picture';
import type { Media } from './net/adapter';
import { sha256 } from './net/bytes';
import { infoText, signed, type GestureSeen } from './probe/info';
import type { Action, CaptureResult } from './types';

export interface Around {
  sessionId: string;
  nonce: string | null;
  camera: Facts | null;
  timing: { frame_intervals_ms: number[]; raf_ms: number };
  tampered: string[];
  devtools: boolean;
  gestures: GestureSeen[];
  lossless: boolean;
  virtual: boolean;
  /** Whether the page listens; data URLs are large and made for it alone. */
  tells: boolean;
}

export interface Packed { media: Media; parts: Map<string, Blob>; capture: CaptureResult }

export async function packVideo(taken: Taken, around: Around): Promise<Packed> {
  const frames = taken.frames.all;
  const sums = await Promise.all(frames.map((frame) => sha256(frame.jpeg)));
  const firstMs = frames[0]?.tMs ?? 0, best = Math.max(0, taken.best);
  const parts = new Map<string, Blob>(frames.map((frame, i) => [partOf(i), frame.jpeg]));
  const png = around.lossless && taken.bestPicture ? await pngOf(taken.bestPicture) : null;
  const additional = await sealed(taken.action, sums, sums[best] ?? '', around);
  const media: Media = {
    upload_id: crypto.randomUUID?.() ?? randomId(),
    action: taken.action,
    kind: 'video',
    frames: frames.map((frame, i) => ({
      part: partOf(i), sha256: sums[i] ?? '', t_ms: Math.round(frame.tMs - firstMs),
      ...(frame.box && { box: frame.box }), ...(frame.landmarks && { landmarks: frame.landmarks }),
    })),
    best: { part: partOf(best), sha256: sums[best] ?? '' },
    additional_info: additional,
  };
  if (png) {
    parts.set('best_png', png);
    media.best_png = { part: 'best_png', sha256: await sha256(png) };
  }
  const list = around.tells ? await Promise.all(frames.map((frame) => dataUrlOf(frame.jpeg))) : [];
  const data = {
    best_frame: list[best] ?? null,
    best_frame_png: around.tells && png ? await dataUrlOf(png) : null,
    best_frame_bounding_box: frames[best]?.box ?? null,
    best_frame_landmarks: frames[best]?.landmarks ?? null,
    frame_list: list,
    frame_bounding_box_list: frames.map((frame) => frame.box),
    frame_landmarks: frames.map((frame) => frame.landmarks),
    additional_info: additional,
  };
  return { media, parts, capture: captureOf(taken.action, data, around.virtual) };
}

export async function packPhoto(action: Action, jpeg: Blob, around: Around): Promise<Packed> {
  const sum = await sha256(jpeg), additional = await sealed(action, [sum], sum, around);
  const media: Media = {
    upload_id: crypto.randomUUID?.() ?? randomId(), action, kind: 'photo',
    frames: [{ part: partOf(0), sha256: sum, t_ms: 0 }], additional_info: additional,
  };
  const url = around.tells ? await dataUrlOf(jpeg) : null;
  const data = {
    best_frame: url, best_frame_png: null, best_frame_bounding_box: null, best_frame_landmarks: null,
    frame_list: url === null ? [] : [url], frame_bounding_box_list: [null], frame_landmarks: [null], additional_info: additional,
  };
  return { media, parts: new Map([[partOf(0), jpeg]]), capture: captureOf(action, data, around.virtual) };
}

type Data = Omit<CaptureResult, 'action' | 'from_virtual_camera'>;

/** With a suspected virtual camera all but the action moves into `from_virtual_camera`. */
export function captureOf(action: Action, data: Data, virtual: boolean): CaptureResult {
  if (!virtual) return { action, ...data, from_virtual_camera: null };
  return {
    action, best_frame: null, best_frame_png: null, best_frame_bounding_box: null, best_frame_landmarks: null,
    frame_list: null, frame_bounding_box_list: null, frame_landmarks: null, additional_info: null, from_virtual_camera: data,
  };
}

const partOf = (index: number): string => `frame_${String(index).padStart(3, '0')}`;

async function sealed(action: Action, frames: string[], best: string, around: Around): Promise<string> {
  const text = await infoText({
    sessionId: around.sessionId, action, frames, best, camera: around.camera, timing: around.timing,
    tampered: around.tampered, devtools: around.devtools, gestures: around.gestures,
  });
  return signed(text, around.nonce);
}

/** RFC 9562, version 4, for browsers without crypto.randomUUID. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
