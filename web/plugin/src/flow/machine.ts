// The flow of a check as a pure function. Nothing here touches the page, the camera, the network or the clock.
import { isPhoto } from '../types';
import type { Action, CaptureResult, Result } from '../types';
import type { Fault } from '../faults';
import type { Effect, Event, Facing, Move, Place, RetryFrom, Sight, State } from './state';

/** Milliseconds. A face is held in the frame before anything is asked of it; a gesture is waited for so long. */
export const TIMES = {
  alignHold: 600,
  guidedAlign: 3000,
  still: 1400,
  scan: 3000,
  gesture: 10_000,
  guidedGesture: 3500,
  tail: 300,
  lost: 1500,
} as const;
export const ATTEMPTS = 3;

/**
 * The one rule by which a camera may be on. Whoever runs the machine stops every track as soon as this is false, and
 * nothing else decides it.
 */
export function needsCamera(state: State): boolean {
  switch (state.at) {
    case 'asking': case 'tap': case 'align': case 'gesture': case 'missed': case 'document': case 'review':
      return true;
    case 'packing':
      return state.plan !== null && state.index + 1 < state.plan.steps.length;
    default:
      return false;
  }
}

/** Actions that ask for nothing but a calm look into the camera. */
export const isStill = (action: Action): boolean =>
  action === 'video_selfie_blank' || action === 'video_selfie_best' || action === 'video_selfie_oneshot' ||
  action === 'video_selfie_scan';

export const actionOf = (state: State): Action | null => state.plan?.steps[state.index]?.action ?? null;

export function next(state: State, event: Event): Move {
  if (state.at === 'closed') return stay(state);
  switch (event.type) {
    case 'close':
      return closed(state, []);
    case 'dismiss':
      return dismissed(state);
    case 'hide':
      return hidden(state);
    case 'turned':
      return stay({ ...state, wrongWay: event.wrong });
    case 'failed':
      return failed(state, event.fault, event.retry);
    case 'switch':
      return needsCamera(state) && state.at !== 'packing' ? begin(state, [{ do: 'discard' }]) : stay(state);
    case 'camera-failed':
      if (!needsCamera(state)) return stay(state);
      return to(state, { at: 'blocked', fault: event.fault },
        [{ do: 'discard' }, { do: 'report', fault: { kind: 'camera', camera: event.fault } }]);
  }
  switch (state.at) {
    case 'idle':
      return event.type === 'open' ? to(state, { at: 'loading' }, [{ do: 'load' }]) : stay(state);
    case 'loading':
      return event.type === 'loaded' ? begin({ ...state, plan: event.plan, index: 0, attempt: 0 }) : stay(state);
    case 'asking': case 'tap':
      return onCamera(state, event);
    case 'blocked':
      return event.type === 'retry' ? begin(state) : stay(state);
    case 'align':
      return event.type === 'look' ? aligned(state, event.nowMs, event.sight) : stay(state);
    case 'gesture':
      return event.type === 'look' ? gestured(state, event.nowMs, event.sight) : stay(state);
    case 'missed':
      return event.type === 'retry' ? capture(state, []) : stay(state);
    case 'document':
      if (event.type === 'shutter') return to(state, state, [{ do: 'shoot' }]);
      return event.type === 'photo' ? to(state, { at: 'review', photo: event.url }, []) : stay(state);
    case 'review':
      if (event.type === 'retake') return to(state, { at: 'document' }, [{ do: 'discard' }]);
      return event.type === 'keep-photo' ? pack(state, true, null) : stay(state);
    case 'packing':
      return event.type === 'packed' ? packed(state, event.capture) : stay(state);
    case 'uploading':
      if (event.type === 'sending') return to(state, { at: 'uploading', sent: Math.max(state.sent, event.share) }, []);
      return event.type === 'sent' ? to(state, { at: 'processing' }, [{ do: 'submit' }]) : stay(state);
    case 'processing':
      return processed(state, event);
    case 'failed':
      return event.type === 'retry' ? again(state, state.retry) : stay(state);
    case 'result':
      return stay(state);
  }
}

const stay = (state: State): Move => ({ state, effects: [] });

function to(state: State, place: Place, effects: Effect[]): Move {
  const { plan, index, attempt, hidden, wrongWay } = state;
  return { state: { ...place, plan, index, attempt, hidden, wrongWay }, effects };
}

// Opens the camera for the step; the step itself begins when it shows a picture.
function begin(state: State, effects: Effect[] = []): Move {
  const facing = facingOf(state);
  if (facing === null) return to(state, { at: 'loading' }, [...effects, { do: 'load' }]);
  return to(state, { at: 'asking' }, [...effects, { do: 'camera', facing }]);
}

const facingOf = (state: State): Facing | null => state.plan?.steps[state.index]?.facing ?? null;

function onCamera(state: State, event: Event): Move {
  if (event.type === 'camera-ready') return capture(state, [{ do: 'log', name: 'camera_ready' }]);
  if (event.type === 'camera-needs-tap') return to(state, { at: 'tap' }, []);
  if (event.type === 'tap') return to(state, { at: 'asking' }, [{ do: 'play' }]);
  return stay(state);
}

function capture(state: State, effects: Effect[]): Move {
  const action = actionOf(state);
  if (action !== null && isPhoto(action)) return to(state, { at: 'document' }, effects);
  if (action === null) return stay(state);
  return to(state, { at: 'align', hint: 'no_face', sinceMs: 0, heldSinceMs: null }, [...effects, { do: 'record', action }]);
}

type Align = Extract<State, { at: 'align' }>;
type Gesture = Extract<State, { at: 'gesture' }>;

function aligned(state: Align, nowMs: number, sight: Sight | null): Move {
  const action = actionOf(state);
  if (action === null) return stay(state);
  const since = state.sinceMs === 0 ? nowMs : state.sinceMs;
  const hint = sight ? sight.hint : null;
  const held = hint === null && !state.wrongWay ? state.heldSinceMs ?? nowMs : null;
  const needed = sight ? TIMES.alignHold : TIMES.guidedAlign;
  if (held === null || nowMs - held < needed || sight?.neutral === false) {
    return to(state, { at: 'align', hint, sinceMs: since, heldSinceMs: held }, []);
  }
  return to(state, { at: 'gesture', hint: null, sinceMs: nowMs, doneMs: null, lostSinceMs: null },
    [{ do: 'ask', action }, { do: 'log', name: 'aligned', data: { action, ms: nowMs - since } }]);
}

function gestured(state: Gesture, nowMs: number, sight: Sight | null): Move {
  const action = actionOf(state);
  if (action === null) return stay(state);
  const lost = away(action, sight?.hint ?? null) || sight?.neutral === false || state.wrongWay;
  const lostSince = lost ? state.lostSinceMs ?? nowMs : null;
  if (lostSince !== null && nowMs - lostSince >= TIMES.lost) {
    // The face is gone: begin this step anew, at no cost to the person.
    return capture(state, [{ do: 'discard' }, { do: 'log', name: 'face_lost', data: { action } }]);
  }
  const done = state.doneMs ?? (lost ? null : doneAt(action, nowMs, state.sinceMs, sight));
  if (done !== null && nowMs - done >= TIMES.tail) return pack(state, true, sight ? null : 'by_time');
  if (done === null && nowMs - state.sinceMs >= TIMES.gesture) return missed(state, action);
  return to(state,
    { at: 'gesture', hint: sight?.hint ?? null, sinceMs: state.sinceMs, doneMs: done, lostSinceMs: lostSince }, []);
}

// While a head turns, its size, place and eyes may look wrong; a face must stay, and stay alone.
function away(action: Action, hint: Gesture['hint']): boolean {
  if (hint === 'no_face' || hint === 'many_faces') return true;
  return isStill(action) && hint === 'open_eyes';
}

function doneAt(action: Action, nowMs: number, sinceMs: number, sight: Sight | null): number | null {
  const elapsed = nowMs - sinceMs;
  if (action === 'video_selfie_scan') return elapsed >= TIMES.scan ? nowMs : null;
  if (isStill(action)) return elapsed >= TIMES.still ? nowMs : null;
  if (sight === null) return elapsed >= TIMES.guidedGesture ? nowMs : null;
  return sight.gestureDone ? nowMs : null;
}

function missed(state: State, action: Action): Move {
  const attempt = state.attempt + 1;
  const log: Effect = { do: 'log', name: 'gesture_missed', data: { action, attempt } };
  if (attempt >= ATTEMPTS) {
    return failed({ ...state, attempt }, { kind: 'attempts', action }, null, [{ do: 'discard' }, log]);
  }
  return to({ ...state, attempt }, { at: 'missed' }, [{ do: 'discard' }, log]);
}

function pack(state: State, done: boolean, reason: string | null): Move {
  const action = actionOf(state);
  if (action === null) return stay(state);
  return to(state, { at: 'packing' }, [{ do: 'pack', action, done, reason, attempt: state.attempt }]);
}

function packed(state: State, taken: CaptureResult): Move {
  const plan = state.plan;
  if (plan === null) return stay(state);
  const told: Effect[] = [{ do: 'captured', capture: taken }, { do: 'log', name: 'captured', data: { action: taken.action } }];
  if (state.index + 1 < plan.steps.length) {
    const onward = { ...state, index: state.index + 1, attempt: 0 };
    const move = facingOf(onward) === facingOf(state) ? capture(onward, []) : begin(onward);
    return { state: move.state, effects: [...told, ...move.effects] };
  }
  if (!plan.sends) return closed(state, told);
  return to(state, { at: 'uploading', sent: 0 }, [...told, { do: 'send' }]);
}

function processed(state: State, event: Event): Move {
  if (event.type === 'submitted') {
    return to(state, { at: 'processing' },
      [{ do: 'call', name: 'on_submit' }, { do: 'poll', afterMs: state.plan?.pollingMs ?? 1000 }]);
  }
  if (event.type !== 'result') return stay(state);
  const told: Effect = { do: 'answer', name: 'on_result', result: event.result };
  if (event.result.state !== 'finished') {
    return to(state, { at: 'processing' }, [told, { do: 'poll', afterMs: state.plan?.pollingMs ?? 1000 }]);
  }
  const effects: Effect[] = [told, { do: 'answer', name: 'on_complete', result: event.result },
    { do: 'log', name: 'finished' }];
  return state.hidden ? closed(state, effects) : to(state, { at: 'result', result: event.result }, effects);
}

function failed(state: State, fault: Fault, retry: RetryFrom | null, before: Effect[] = []): Move {
  const effects: Effect[] = [...before, { do: 'report', fault }];
  const quiet = fault.kind === 'service' && state.plan?.quietErrors === true;
  if (state.hidden || quiet) return closed(state, effects);
  return to(state, { at: 'failed', fault, retry }, effects);
}

function again(state: State, from: RetryFrom | null): Move {
  switch (from) {
    case 'load': return to(state, { at: 'loading' }, [{ do: 'load' }]);
    case 'camera': return begin(state);
    case 'send': return to(state, { at: 'uploading', sent: 0 }, [{ do: 'send' }]);
    case 'submit': return to(state, { at: 'processing' }, [{ do: 'submit' }]);
    case 'poll': return to(state, { at: 'processing' }, [{ do: 'poll', afterMs: 0 }]);
    case null: return stay(state);
  }
}

// What runs on without the window: the sending and the answer. Anything earlier has nothing to run on with.
function hidden(state: State): Move {
  if (state.at === 'uploading' || state.at === 'processing') return stay({ ...state, hidden: true });
  return closed(state, []);
}

function dismissed(state: State): Move {
  const settled = state.at === 'result' || state.at === 'failed' || state.at === 'blocked' || state.at === 'idle';
  return closed(state, settled ? [] : [{ do: 'report', fault: { kind: 'closed-by-person' } }]);
}

function closed(state: State, effects: Effect[]): Move {
  return to(state, { at: 'closed' }, [...effects, { do: 'call', name: 'on_close' }, { do: 'end' }]);
}

/** What the result screen says; `unknown` where the adapter tells no more than that it is finished. */
export type Outcome = 'success' | 'declined' | 'review' | 'failed' | 'unknown';

export function outcomeOf(result: Result): Outcome {
  const resolutions = Object.values(result.analyses ?? {}).map((analysis) => analysis.resolution);
  if (resolutions.length === 0) return 'unknown';
  if (resolutions.includes('failed')) return 'failed';
  if (resolutions.includes('declined')) return 'declined';
  if (resolutions.includes('operator_required')) return 'review';
  return resolutions.every((resolution) => resolution === 'success') ? 'success' : 'unknown';
}
