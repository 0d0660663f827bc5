// The numbers of docs/gestures.md: the very file that the server is built with.
import data from '../../../../models/gestures.json';

/** Degrees from rest within which the head must stay for the measure to be worth anything. */
interface Ahead { turn?: number; tilt?: number }

export interface MoveRule {
  kind: 'move'; measure: 'turn' | 'tilt' | 'smile'; sign: number; enter: number; stay: number; hold_ms: number;
  ahead?: Ahead; timeout_ms: number;
}
export interface BlinkRule { kind: 'blink'; enter: number; stay: number; least_ms: number; most_ms: number; ahead?: Ahead; timeout_ms: number }
export interface LookRule { kind: 'look'; for_ms: number; open_from: number; open_share: number; ahead?: Ahead; timeout_ms: number }
export interface NoneRule { kind: 'none'; timeout_ms: number }
export type Rule = MoveRule | BlinkRule | LookRule | NoneRule;

export const NUMBERS = data as unknown as {
  measures: { turn: { lever: number }; tilt: { rest: number; lever: number }; smile: { lift: number } };
  frame: { least_eyes: number; rival: number; most_roll: number };
  neutral: { for_ms: number; frames: number; turn: number; tilt: number; still: number; timeout_ms: number };
  continuity: { gap_ms: number; jump: number };
  gestures: Record<string, Rule>;
};

/** The rule of an action, `video_selfie_left` as well as `left`. */
export function ruleOf(action: string): Rule {
  return NUMBERS.gestures[action.replace(/^video_selfie_/, '')] ?? { kind: 'none', timeout_ms: 10_000 };
}
