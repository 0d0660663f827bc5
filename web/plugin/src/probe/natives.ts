// Whether the browser's media functions are its own, and facts about the page that a judge may weigh. Signals, not
// proof: whoever runs this script can also change it.
import { sha256 } from '../net/bytes';

/** Name as it is sent, and where the function is found. */
const WATCHED: [string, () => unknown][] = [
  ['navigator.mediaDevices.getUserMedia', () => navigator.mediaDevices?.getUserMedia],
  ['navigator.mediaDevices.enumerateDevices', () => navigator.mediaDevices?.enumerateDevices],
  ['MediaStreamTrack.getSettings', () => MediaStreamTrack.prototype.getSettings],
  ['MediaStreamTrack.getCapabilities', () => (MediaStreamTrack.prototype as { getCapabilities?: unknown }).getCapabilities],
  ['MediaStreamTrack.label', () => getter(MediaStreamTrack.prototype, 'label')],
  ['HTMLVideoElement.videoWidth', () => getter(HTMLVideoElement.prototype, 'videoWidth')],
  ['HTMLMediaElement.srcObject', () => getter(HTMLMediaElement.prototype, 'srcObject')],
  ['CanvasRenderingContext2D.drawImage', () => CanvasRenderingContext2D.prototype.drawImage],
  ['HTMLCanvasElement.toBlob', () => HTMLCanvasElement.prototype.toBlob],
  ['Function.toString', () => Function.prototype.toString],
];

const getter = (of: object, name: string): unknown => Object.getOwnPropertyDescriptor(of, name)?.get;

const show = Function.prototype.toString;

/** The browser writes its own functions so; a replacement shows its source, or is `bound`, or lies and is caught below. */
export function isNative(found: unknown): boolean {
  if (typeof found !== 'function') return false;
  let text: string;
  try {
    text = show.call(found);
  } catch {
    return false;
  }
  if (!/^(async )?function [^(]*\([^)]*\)\s*\{\s*\[native code\]\s*\}$/.test(text.replace(/\s+/g, ' ').trim())) return false;
  // A bound function also has no source of its own, and a proxy none to show: neither has the name it stands for.
  return !found.name.startsWith('bound ') && !Object.prototype.hasOwnProperty.call(found, 'toString');
}

/** Names of media functions that are not the browser's own. One whose source has the digest in `trusted` passes. */
export async function tampered(trusted: Record<string, string>, watched = WATCHED, media: object | undefined = typeof navigator === 'undefined' ? undefined : navigator.mediaDevices): Promise<string[]> {
  const names: string[] = [];
  for (const [name, find] of watched) {
    const found = find();
    if (found === undefined || isNative(found)) continue;
    if (typeof found === 'function' && trusted[name] === (await sha256(show.call(found)))) continue;
    names.push(name);
  }
  // Instances that carry their own copy hide what the prototype has.
  for (const name of ['getUserMedia', 'enumerateDevices']) {
    if (media && Object.prototype.hasOwnProperty.call(media, name)) {
      const full = `navigator.mediaDevices.${name}`;
      if (!names.includes(full)) names.push(full);
    }
  }
  return names;
}

export interface Sizes { outerWidth: number; innerWidth: number; outerHeight: number; innerHeight: number }

/**
 * Docked developer tools take room from the page. Undocked ones are not seen, and on phones the measure means nothing:
 * a keyboard takes room too.
 */
export function devtoolsOpen(view: Sizes, zoom: number, touch: boolean): boolean {
  if (touch || view.outerWidth === 0) return false;
  return view.outerWidth - view.innerWidth * zoom > 200 || view.outerHeight - view.innerHeight * zoom > 300;
}
