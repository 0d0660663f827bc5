// additional_info: what was captured and by what, signed with the session's nonce. The signature binds the text to this
// session and these frames; it is no proof against somebody who runs the script himself.
import { fromBase64, hmac, sha256, toBase64Url } from '../net/bytes';
import type { Facts } from '../camera/camera';
import type { Action } from '../types';

export interface GestureSeen { action: Action; done: boolean; reason?: string; shot: number; t_ms: number }

export interface Known {
  sessionId: string;
  action: Action;
  frames: string[];
  best: string;
  camera: Facts | null;
  timing: { frame_intervals_ms: number[]; raf_ms: number };
  tampered: string[];
  devtools: boolean;
  gestures: GestureSeen[];
}

export async function infoText(known: Known, view: Window = window): Promise<string> {
  const info = {
    v: 1,
    session_id: known.sessionId,
    action: known.action,
    frames: known.frames,
    best: known.best,
    camera: known.camera && {
      label: known.camera.label,
      device_id_hash: known.camera.deviceId === '' ? '' : await sha256(known.camera.deviceId),
      settings: without(known.camera.settings, ['deviceId', 'groupId']),
      capabilities: without(known.camera.capabilities, ['deviceId', 'groupId']),
      devices: known.camera.devices.map((device) => device.label),
    },
    timing: known.timing,
    api: { tampered: known.tampered },
    devtools: known.devtools,
    webdriver: view.navigator.webdriver === true,
    page: { origin: view.location.origin, framed: isFramed(view) },
    screen: { width: view.screen.width, height: view.screen.height, ratio: view.devicePixelRatio },
    user_agent: view.navigator.userAgent,
    gestures: known.gestures,
  };
  return toBase64Url(new TextEncoder().encode(JSON.stringify(info)));
}

/** `text` itself without a nonce, as in `capture`; else `text.signature`. */
export async function signed(text: string, nonce: string | null): Promise<string> {
  if (nonce === null) return text;
  return `${text}.${toBase64Url(await hmac(fromBase64(nonce), text))}`;
}

export function isFramed(view: Window): boolean {
  try {
    return view.top !== view.self;
  } catch {
    return true;
  }
}

function without(record: object, keys: string[]): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(record)) if (!keys.includes(key)) kept[key] = value;
  return kept;
}
