// The states of a check, the events that move it and the effects that a move asks for. Data only: machine.ts moves.
import type { CameraFault, Fault } from '../faults';
import type { Action, CaptureResult, Result } from '../types';

export type Facing = 'user' | 'environment';

/** What the person should change, most urgent first; null when the face is well placed. */
export type Hint =
  | 'no_face' | 'many_faces' | 'closer' | 'further' | 'centre' | 'dark' | 'bright' | 'straight' | 'open_eyes';

/** What was seen in one frame. */
export interface Sight {
  hint: Hint | null;
  /** The face has looked ahead calmly, and was not lost since: a gesture may begin. */
  neutral: boolean;
  gestureDone: boolean;
}

/** What stays the same through a check, known once it was loaded. */
export interface Plan {
  steps: { action: Action; facing: Facing }[];
  /** In `capture` nothing is sent: the page takes the captures. */
  sends: boolean;
  /** Whether a document may be chosen from a file. */
  takesFiles: boolean;
  pollingMs: number;
  /** Errors of the service close the window instead of being shown. */
  quietErrors: boolean;
}

export type RetryFrom = 'load' | 'camera' | 'send' | 'submit' | 'poll';

export type Place =
  | { at: 'idle' }
  | { at: 'loading' }
  | { at: 'asking' }
  | { at: 'tap' }
  | { at: 'blocked'; fault: CameraFault }
  | { at: 'align'; hint: Hint | null; sinceMs: number; heldSinceMs: number | null }
  | { at: 'gesture'; hint: Hint | null; sinceMs: number; doneMs: number | null; lostSinceMs: number | null }
  | { at: 'missed' }
  | { at: 'document' }
  | { at: 'review'; photo: string }
  | { at: 'packing' }
  | { at: 'uploading'; sent: number }
  | { at: 'processing' }
  | { at: 'result'; result: Result }
  | { at: 'failed'; fault: Fault; retry: RetryFrom | null }
  | { at: 'closed' };

export type State = Place & {
  plan: Plan | null;
  index: number;
  attempt: number;
  hidden: boolean;
  /** The device is held so that a face would be cut: nothing is captured meanwhile. */
  wrongWay: boolean;
};

export type Event =
  | { type: 'open' }
  | { type: 'loaded'; plan: Plan }
  | { type: 'camera-ready' }
  | { type: 'camera-needs-tap' }
  | { type: 'camera-failed'; fault: CameraFault }
  /** A frame was looked at; `sight` is null where faces cannot be tracked and time guides instead. */
  | { type: 'look'; nowMs: number; sight: Sight | null }
  | { type: 'turned'; wrong: boolean }
  /** Another camera was chosen. */
  | { type: 'switch' }
  | { type: 'shutter' }
  | { type: 'photo'; url: string }
  | { type: 'keep-photo' }
  | { type: 'retake' }
  | { type: 'packed'; capture: CaptureResult }
  | { type: 'sending'; share: number }
  | { type: 'sent' }
  | { type: 'submitted' }
  | { type: 'result'; result: Result }
  | { type: 'failed'; fault: Fault; retry: RetryFrom | null }
  | { type: 'tap' }
  | { type: 'retry' }
  | { type: 'dismiss' }
  | { type: 'hide' }
  | { type: 'close' };

export type Effect =
  | { do: 'load' }
  | { do: 'camera'; facing: Facing }
  | { do: 'play' }
  | { do: 'record'; action: Action }
  /** The gesture is asked for now: what was recorded before it is its beginning. */
  | { do: 'ask'; action: Action }
  | { do: 'discard' }
  | { do: 'shoot' }
  | { do: 'pack'; action: Action; done: boolean; reason: string | null; attempt: number }
  | { do: 'send' }
  | { do: 'submit' }
  | { do: 'poll'; afterMs: number }
  | { do: 'captured'; capture: CaptureResult }
  | { do: 'call'; name: 'on_submit' | 'on_close' }
  | { do: 'answer'; name: 'on_result' | 'on_complete'; result: Result }
  | { do: 'report'; fault: Fault }
  | { do: 'log'; name: string; data?: Record<string, unknown> }
  | { do: 'end' };

export interface Move { state: State; effects: Effect[] }

export const START: State = { at: 'idle', plan: null, index: 0, attempt: 0, hidden: false, wrongWay: false };
