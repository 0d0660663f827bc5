// Decides live whether a gesture was done: docs/gestures.md, from "Which frames count" on. The server decides the same
// afterwards from the same numbers; tests/face/gestures_cases.json holds both to it.
import type { Measures } from './measures';
import { NUMBERS, ruleOf, type BlinkRule, type LookRule, type MoveRule, type Rule } from './numbers';

export interface Frame {
  tMs: number;
  /** Faces that count: 2 or more where another is nearly as wide as the largest; 0 also where a shape is no face. */
  faces: number;
  /** Of the largest face. */
  measures: Measures | null;
}

export type Reason =
  | 'no_face' | 'several_faces' | 'too_small' | 'not_neutral_first' | 'face_lost' | 'other_direction'
  | 'not_opened_again' | 'too_fast' | 'eyes_closed' | 'too_short' | 'not_enough';

export interface Verdict {
  /** The face has looked ahead calmly, and was not lost since. */
  neutral: boolean;
  done: boolean;
  /** Index, among the frames given, of the one that shows it best; -1 while there is none. */
  shot: number;
}

type Rest = Pick<Measures, 'turn' | 'tilt' | 'eyes' | 'smile'>;
interface Peak { height: number; index: number }

/** What is known since the face was last found. */
interface Since {
  window: { tMs: number; measures: Measures }[];
  rest: Rest | null;
  peak: Peak | null;
  begun: number | null;
  opposite: number | null;
  lastOpen: number | null;
  closed: boolean;
  lookedFrom: number;
  looked: number;
  lookedOpen: number;
  otherWay: boolean;
  tooFast: boolean;
  notOpened: boolean;
}

const anew = (): Since => ({
  window: [], rest: null, peak: null, begun: null, opposite: null, lastOpen: null, closed: false, lookedFrom: 0,
  looked: 0, lookedOpen: 0, otherWay: false, tooFast: false, notOpened: false,
});

/** How many of the widths count as faces, the largest among them. */
export function rivals(widths: number[]): number {
  const largest = Math.max(0, ...widths);
  return widths.filter((width) => width >= NUMBERS.frame.rival * largest).length;
}

export class Judge {
  private readonly rule: Rule;
  private count = 0;
  private withFace = 0;
  private withSeveral = 0;
  private usable = 0;
  private wasNeutral = false;
  private done = false;
  private last: { tMs: number; measures: Measures } | null = null;
  private widest: Peak | null = null;
  private now = anew();

  constructor(action: string) {
    this.rule = ruleOf(action);
  }

  add({ tMs, faces, measures }: Frame): Verdict {
    const index = this.count++;
    if (!this.done && faces > 0 && measures !== null) this.see(index, tMs, faces, measures);
    return this.verdict();
  }

  verdict(): Verdict {
    const peak = this.now.peak ?? this.widest;
    return { neutral: this.now.rest !== null, done: this.done, shot: peak?.index ?? -1 };
  }

  /** Why it has not happened; null where it has. */
  reason(): Reason | null {
    const { now } = this;
    if (this.done) return null;
    if (this.withFace === 0) return 'no_face';
    if (this.usable === 0) return 2 * this.withSeveral > this.withFace ? 'several_faces' : 'too_small';
    if (!this.wasNeutral) return 'not_neutral_first';
    if (now.rest === null) return 'face_lost';
    if (now.otherWay) return 'other_direction';
    if (now.notOpened || now.closed) return 'not_opened_again';
    if (now.tooFast || now.begun !== null) return 'too_fast';
    if (this.rule.kind !== 'look') return 'not_enough';
    return (this.last?.tMs ?? 0) - now.lookedFrom < this.rule.for_ms ? 'too_short' : 'eyes_closed';
  }

  private see(index: number, tMs: number, faces: number, measures: Measures): void {
    const { frame } = NUMBERS;
    this.withFace += 1;
    if (faces > 1) {
      this.withSeveral += 1;
      return;
    }
    if (measures.size < frame.least_eyes || Math.abs(measures.roll) > frame.most_roll) return;
    this.usable += 1;
    if (!this.isAhead(measures)) return this.breakOff();
    if (this.isLost(tMs, measures)) this.now = anew();
    this.last = { tMs, measures };
    this.widest = higher(this.widest, absolute(this.rule, measures), index);
    if (this.now.rest === null) return this.seekRest(tMs, measures);
    switch (this.rule.kind) {
      case 'move': return this.move(this.rule, this.now.rest, index, tMs, measures);
      case 'blink': return this.blink(this.rule, this.now.rest, index, tMs, measures);
      case 'look': return this.look(this.rule, tMs, measures);
      case 'none': return;
    }
  }

  private isAhead(measures: Measures): boolean {
    const { rest } = this.now, ahead = 'ahead' in this.rule ? this.rule.ahead : undefined;
    if (rest === null || ahead === undefined) return true;
    return Math.abs(measures.turn - rest.turn) <= (ahead.turn ?? Infinity) &&
      Math.abs(measures.tilt - rest.tilt) <= (ahead.tilt ?? Infinity);
  }

  private breakOff(): void {
    Object.assign(this.now, { begun: null, opposite: null, lastOpen: null, closed: false });
  }

  private isLost(tMs: number, measures: Measures): boolean {
    const { continuity } = NUMBERS, before = this.last;
    if (before === null) return false;
    const [x, y] = before.measures.middle;
    const moved = Math.hypot(measures.middle[0] - x, measures.middle[1] - y);
    return tMs - before.tMs > continuity.gap_ms || moved > continuity.jump * before.measures.span;
  }

  private seekRest(tMs: number, measures: Measures): void {
    const { neutral } = NUMBERS, { window } = this.now;
    if (Math.abs(measures.turn) > neutral.turn || Math.abs(measures.tilt) > neutral.tilt) {
      window.length = 0;
      return;
    }
    window.push({ tMs, measures });
    while (window.length > 1 && tMs - (window[1]?.tMs ?? tMs) >= neutral.for_ms) window.shift();
    const from = window[0]?.tMs ?? tMs;
    if (window.length < neutral.frames || tMs - from < neutral.for_ms) return;
    if (this.range('turn') > neutral.still || this.range('tilt') > neutral.still) return;
    this.now.rest = { turn: this.median('turn'), tilt: this.median('tilt'), eyes: this.median('eyes'), smile: this.median('smile') };
    this.wasNeutral = true;
    if (this.rule.kind === 'none') this.done = true;
    if (this.rule.kind !== 'look') return;
    this.now.lookedFrom = from;
    for (const seen of window) this.look(this.rule, seen.tMs, seen.measures);
  }

  private sorted(part: keyof Rest): number[] {
    return this.now.window.map(({ measures }) => measures[part]).sort((a, b) => a - b);
  }
  private range(part: keyof Rest): number {
    const values = this.sorted(part);
    return (values[values.length - 1] ?? 0) - (values[0] ?? 0);
  }
  // The lower of the two middle ones of an even number.
  private median(part: keyof Rest): number {
    const values = this.sorted(part);
    return values[Math.floor((values.length - 1) / 2)] ?? 0;
  }

  private move(rule: MoveRule, rest: Rest, index: number, tMs: number, measures: Measures): void {
    const { now } = this, change = rule.sign * (measures[rule.measure] - rest[rule.measure]);
    if (now.begun === null && change >= rule.enter) {
      now.begun = tMs;
      now.peak = null;
    } else if (now.begun !== null && change < rule.stay) {
      now.tooFast = true;
      now.begun = null;
    } else if (now.begun !== null && tMs - now.begun >= rule.hold_ms) {
      this.done = true;
    }
    now.peak = higher(now.peak, change, index);
    if (now.opposite === null) {
      if (change <= -rule.enter) now.opposite = tMs;
    } else if (change > -rule.stay) {
      now.opposite = null;
    } else if (tMs - now.opposite >= rule.hold_ms) {
      now.otherWay = true;
    }
  }

  private blink(rule: BlinkRule, rest: Rest, index: number, tMs: number, measures: Measures): void {
    const { now } = this, change = rest.eyes > 0 ? 1 - measures.eyes / rest.eyes : 0;
    now.peak = higher(now.peak, change, index);
    if (change >= rule.enter) {
      now.closed ||= now.lastOpen !== null;
      return;
    }
    if (change > rule.stay) return;
    if (now.closed && now.lastOpen !== null) {
      const took = tMs - now.lastOpen;
      now.closed = false;
      if (took < rule.least_ms) now.tooFast = true;
      else if (took > rule.most_ms) now.notOpened = true;
      else this.done = true;
    }
    now.lastOpen = tMs;
  }

  private look(rule: LookRule, tMs: number, measures: Measures): void {
    const { now } = this;
    now.looked += 1;
    if (measures.eyes >= rule.open_from) now.lookedOpen += 1;
    if (tMs - now.lookedFrom >= rule.for_ms && now.lookedOpen >= rule.open_share * now.looked) this.done = true;
  }
}

function higher(peak: Peak | null, height: number, index: number): Peak {
  return peak === null || height > peak.height ? { height, index } : peak;
}

// The measure in the gesture's direction, without a rest to hold it against.
function absolute(rule: Rule, measures: Measures): number {
  return rule.kind === 'move' ? rule.sign * measures[rule.measure] : -measures.eyes;
}
