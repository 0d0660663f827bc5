// Looks at the camera's pictures one after the other: keeps those of the action that runs and says what is seen. One
// picture is under way at a time, so a slow machine looks less often instead of falling behind.
import type { Sight } from './flow/state';
import { isStill } from './flow/machine';
import type { Action, Box } from './types';
import { Frames, type Bounds } from './camera/frames';
import { Grabber, LONGEST } from './camera/picture';
import { landmarksOf, roundedBox, widthOf } from './track/geometry';
import { hintOf, worth } from './track/hints';
import { Judge, rivals, type Reason } from './track/judge';
import { measure } from './track/measures';
import type { Look } from './track/messages';
import { ruleOf } from './track/numbers';
import type { Tracker } from './track/tracker';

const BETWEEN_LOOKS_MS = 40;
const BETWEEN_KEPT_MS = 95;
/** So long the networks may take to arrive before time guides instead; they still take over when they come. */
export const TRACKER_PATIENCE_MS = 12_000;
/** Slower than this, gestures cannot be followed (docs/gestures.md, continuity), and time guides instead. */
const SLOWEST_MS = 600;
const JUDGED_BY = 6;

export interface Seen { nowMs: number; sight: Sight | null; shape: Float32Array | null }
export interface Taken {
  action: Action;
  frames: Frames;
  best: number;
  bestPicture: ImageBitmap | null;
  shot: number;
  reason: Reason | null;
}

interface Recording {
  action: Action;
  frames: Frames;
  judge: Judge;
  asked: boolean;
  judged: number;
  lastKeptMs: number;
  bestPicture: ImageBitmap | null;
}

export class Capture {
  private readonly grabber = new Grabber();
  private recording: Recording | null = null;
  private running = 0;
  private readonly startedMs = performance.now();
  private looks = 0;
  private lookMs = 0;
  private lastLookMs = 0;
  private intervals: number[] = [];
  private firstHintMs: number | null = null;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly tracker: () => Tracker | null,
    private readonly target: (width: number, height: number) => Box,
    private readonly bounds: () => Bounds,
    private readonly tell: (seen: Seen) => void,
  ) {}

  start(): void {
    const run = ++this.running;
    this.lastLookMs = 0;
    void this.loop(run);
  }

  /** Looks no more. What was recorded stays until it is taken or discarded. */
  stop(): void { this.running += 1; }

  record(action: Action): void {
    this.discard();
    this.recording = {
      action, frames: new Frames(this.bounds()), judge: new Judge(action), asked: false, judged: 0, lastKeptMs: -Infinity,
      bestPicture: null,
    };
  }

  ask(): void {
    if (this.recording === null) return;
    this.recording.asked = true;
    this.recording.frames.hold();
  }

  discard(): void {
    this.recording?.bestPicture?.close();
    this.recording = null;
  }

  /** Hands over what was recorded; the caller closes the picture. */
  take(): Taken | null {
    const recording = this.recording;
    this.recording = null;
    if (recording === null || recording.frames.all.length === 0) return null;
    const { kind } = ruleOf(recording.action);
    const best = recording.frames.best(), { shot } = recording.judge.verdict();
    return {
      action: recording.action, frames: recording.frames, best, bestPicture: recording.bestPicture,
      shot: kind === 'none' || kind === 'look' || shot < 0 ? best : recording.frames.indexOf(shot),
      reason: recording.judge.reason(),
    };
  }

  /** Why the gesture that runs has not happened yet. */
  reason(): Reason | null { return this.recording?.judge.reason() ?? null; }

  facts(): { looks: number; ms_per_look: number; first_hint_ms: number | null; too_slow: boolean } {
    return { too_slow: this.isTooSlow(), looks: this.looks, ms_per_look: this.looks > 0 ? Math.round(this.lookMs / this.looks) : 0, first_hint_ms: this.firstHintMs };
  }

  // The first look of a network is much slower than those that follow, so the middle of several decides.
  private isTooSlow(): boolean {
    const middle = [...this.intervals].sort((a, b) => a - b)[Math.floor(this.intervals.length / 2)] ?? 0;
    return this.intervals.length === JUDGED_BY && middle > SLOWEST_MS;
  }

  private async loop(run: number): Promise<void> {
    while (run === this.running) {
      const began = performance.now();
      if (this.grabber.grab(this.video, LONGEST)) {
        const seen = await this.once(began).catch(() => null);
        if (run !== this.running) return;
        if (seen !== null) this.tell(seen);
      }
      await pause(Math.max(4, BETWEEN_LOOKS_MS - (performance.now() - began)));
    }
  }

  private async once(nowMs: number): Promise<Seen | null> {
    const tracker = this.isTooSlow() ? null : this.tracker();
    const waiting = tracker !== null && !tracker.ready && !tracker.failed && nowMs - this.startedMs < TRACKER_PATIENCE_MS;
    if (waiting) return null;
    const { width, height } = this.grabber;
    const recording = this.recording;
    if (recording === null) return null;
    const keeps = nowMs - recording.lastKeptMs >= BETWEEN_KEPT_MS;
    // Encoding goes on while the worker looks at the same picture.
    const jpeg = keeps ? this.grabber.jpeg() : null;
    const look = tracker?.ready === true ? await tracker.look(await this.grabber.bitmap()) : null;
    if (look !== null) {
      this.looks += 1;
      this.lookMs += look.tookMs;
      this.firstHintMs ??= Math.round(performance.now() - this.startedMs);
      if (this.lastLookMs > 0) this.intervals = [...this.intervals, nowMs - this.lastLookMs].slice(-JUDGED_BY);
      this.lastLookMs = nowMs;
    }
    if (recording !== this.recording) return null;
    const { sight, value } = this.judged(recording, look, nowMs, width, height);
    if (jpeg !== null) await this.keep(recording, await jpeg, look, nowMs, value);
    return { nowMs, sight, shape: look?.shape ?? null };
  }

  private judged(recording: Recording, look: Look | null, nowMs: number, width: number, height: number) {
    if (look === null) return { sight: null, value: 0 };
    const measures = look.shape ? measure(look.shape, Math.min(width, height)) : null;
    const target = this.target(width, height);
    const verdict = recording.judge.add({ tMs: nowMs, faces: measures ? rivals(look.boxes.map(widthOf)) : 0, measures });
    recording.judged += 1;
    const moving = recording.asked && !isStill(recording.action);
    const hint = hintOf({ boxes: look.boxes, measures, light: look.light }, { target, moving });
    const value = worth({ boxes: look.boxes, measures, light: look.light, sharpness: look.sharpness }, target);
    return { sight: { hint, neutral: verdict.neutral, gestureDone: recording.asked && verdict.done }, value };
  }

  private async keep(recording: Recording, jpeg: Blob, look: Look | null, nowMs: number, value: number): Promise<void> {
    if (recording !== this.recording) return;
    recording.lastKeptMs = nowMs;
    const box = look?.boxes[0];
    const isBest = recording.frames.addBest({
      jpeg, tMs: nowMs, box: box ? roundedBox(box) : null, landmarks: look?.shape ? landmarksOf(look.shape) : null,
      judged: recording.judged - 1, worth: value,
    });
    if (!isBest) return;
    // The best frame's own pixels, which are still those on the canvas, are kept beside its JPEG for the lossless copy.
    const picture = await this.grabber.bitmap();
    if (recording !== this.recording) return picture.close();
    recording.bestPicture?.close();
    recording.bestPicture = picture;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
