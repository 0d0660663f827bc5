// The frames of one action, bounded in number and bytes.
import type { Box, Landmarks } from '../types';

export interface Kept {
  jpeg: Blob;
  tMs: number;
  box: Box | null;
  landmarks: Landmarks | null;
  /** Index among the frames that were judged, to find the one a verdict names. */
  judged: number;
  worth: number;
}

export interface Bounds { frames: number; bytes: number }

/** Milliseconds before a gesture is asked for that are kept, and of its end that are never thinned. */
export const LEAD_MS = 1200;
const RECENT_MS = 2500;

export class Frames {
  private list: Kept[] = [];
  private rolling = true;
  private bestMs = NaN;

  constructor(private readonly bounds: Bounds) {}

  get all(): readonly Kept[] { return this.list; }
  get bytes(): number { return this.list.reduce((sum, frame) => sum + frame.jpeg.size, 0); }

  /** From now on nothing falls out at the beginning. */
  hold(): void { this.rolling = false; }

  private add(frame: Kept): void {
    this.list.push(frame);
    this.list.sort((a, b) => a.tMs - b.tMs);
    if (this.rolling) {
      this.list = this.list.filter((kept) => frame.tMs - kept.tMs <= LEAD_MS);
    }
    while (this.over() && this.thin(frame.tMs)) { /* until it fits */ }
  }

  /** Adds a frame and says whether it is now the best to judge a face by. */
  addBest(frame: Kept): boolean {
    const best = this.list[this.best()];
    this.add(frame);
    const stays = best !== undefined && this.list.includes(best) && best.worth >= frame.worth;
    if (!stays) this.bestMs = frame.tMs;
    return !stays;
  }

  /** Index of the best, -1 where there is none. */
  best(): number { return this.list.findIndex((frame) => frame.tMs === this.bestMs); }

  /** The kept frame nearest to the one that was judged as number `judged`. */
  indexOf(judged: number): number {
    let nearest = -1;
    this.list.forEach((frame, i) => {
      const by = Math.abs(frame.judged - judged);
      if (nearest < 0 || by < Math.abs((this.list[nearest]?.judged ?? 0) - judged)) nearest = i;
    });
    return nearest;
  }

  private over(): boolean {
    return this.list.length > this.bounds.frames || this.bytes > this.bounds.bytes;
  }

  // Drops every second frame of the wait between the neutral beginning and the last moments, where a gesture shows;
  // where there is no such wait, every second of all but the best and the last.
  private thin(nowMs: number): boolean {
    const first = this.list[0]?.tMs ?? nowMs;
    const waiting = (frame: Kept): boolean => frame.tMs - first > LEAD_MS && nowMs - frame.tMs > RECENT_MS;
    const best = this.best(), last = this.list.length - 1, before = this.list.length;
    const some = this.list.filter(waiting).length > 1;
    let odd = false;
    this.list = this.list.filter((frame, i) => {
      if (i === best || i === last || (some && !waiting(frame))) return true;
      odd = !odd;
      return !odd;
    });
    return this.list.length < before;
  }
}
