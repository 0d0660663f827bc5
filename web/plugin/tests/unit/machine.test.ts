import { describe, expect, it } from 'vitest';
import { ATTEMPTS, needsCamera, next, outcomeOf, TIMES } from '../../src/flow/machine';
import { START, type Effect, type Event, type Plan, type Sight, type State } from '../../src/flow/state';
import type { Action, CaptureResult, Result } from '../../src/types';

const GOOD: Sight = { hint: null, neutral: true, gestureDone: false };
const DONE: Sight = { ...GOOD, gestureDone: true };

const planOf = (actions: Action[], sends = true): Plan => ({
  steps: actions.map((action) => ({ action, facing: action.startsWith('photo') ? 'environment' : 'user' })),
  sends, takesFiles: false, pollingMs: 1000, quietErrors: false,
});
const captureOf = (action: Action): CaptureResult => ({ action }) as CaptureResult;
const look = (nowMs: number, sight: Sight | null): Event => ({ type: 'look', nowMs, sight });
const finished: Result = { state: 'finished', event_session_id: null };

/** Runs events one after the other and keeps every effect. */
function run(events: Event[], from: State = START): { state: State; effects: Effect[] } {
  let state = from;
  const effects: Effect[] = [];
  for (const event of events) {
    const move = next(state, event);
    state = move.state;
    effects.push(...move.effects);
  }
  return { state, effects };
}

const done = (effects: Effect[]): string[] =>
  effects.filter(({ do: what }) => what !== 'log').map((effect) => ('name' in effect ? `${effect.do} ${effect.name}` : effect.do));

const opening = (plan: Plan): Event[] => [{ type: 'open' }, { type: 'loaded', plan }, { type: 'camera-ready' }];
const aligned = (at = 1000): Event[] => [look(at, GOOD), look(at + TIMES.alignHold, GOOD)];

describe('a passive selfie', () => {
  const plan = planOf(['video_selfie_blank']);
  const all: Event[] = [
    ...opening(plan), ...aligned(), look(3100, GOOD), look(3100 + TIMES.tail, GOOD),
    { type: 'packed', capture: captureOf('video_selfie_blank') }, { type: 'sending', share: 0.5 }, { type: 'sent' },
    { type: 'submitted' }, { type: 'result', result: { ...finished, state: 'processing' } }, { type: 'result', result: finished },
  ];

  it('goes from the click to the result', () => {
    const { state, effects } = run(all);
    expect(state.at).toBe('result');
    expect(done(effects)).toEqual(['load', 'camera', 'record', 'ask', 'pack', 'captured', 'send', 'submit', 'call on_submit', 'poll',
      'answer on_result', 'poll', 'answer on_result', 'answer on_complete']);
  });

  it('needs no camera from the moment its pictures are taken', () => {
    for (let n = 0; n <= all.length; ++n) {
      const { state } = run(all.slice(0, n));
      if (['packing', 'uploading', 'processing', 'result'].includes(state.at)) expect(needsCamera(state)).toBe(false);
    }
  });

  it('sends nothing in capture and closes', () => {
    const { state, effects } = run([...opening(planOf(['video_selfie_best'], false)), ...aligned(), look(3100, GOOD),
      look(3100 + TIMES.tail, GOOD), { type: 'packed', capture: captureOf('video_selfie_best') }]);
    expect(state.at).toBe('closed');
    expect(done(effects).slice(-3)).toEqual(['captured', 'call on_close', 'end']);
  });
});

describe('alignment', () => {
  const begin = run(opening(planOf(['video_selfie_left']))).state;

  it('waits until the face was held in the frame', () => {
    expect(run([look(1000, GOOD), look(1000 + TIMES.alignHold - 1, GOOD)], begin).state.at).toBe('align');
    expect(run(aligned(), begin).state.at).toBe('gesture');
  });

  it('begins anew when the face leaves', () => {
    const events = [look(1000, GOOD), look(1300, { ...GOOD, hint: 'closer' as const }), look(1400, GOOD), look(1700, GOOD)];
    expect(run(events, begin).state.at).toBe('align');
  });

  it('waits for the head to have been still', () => {
    expect(run([look(1000, GOOD), look(3000, { ...GOOD, neutral: false })], begin).state.at).toBe('align');
  });

  it('waits while the phone lies on its side', () => {
    const { state } = run([{ type: 'turned', wrong: true }, look(1000, GOOD), look(9000, GOOD)], begin);
    expect(state.at).toBe('align');
    expect(run([{ type: 'turned', wrong: false }, ...aligned(10_000)], state).state.at).toBe('gesture');
  });

  it('is guided by time where faces cannot be tracked', () => {
    const guided = [look(1000, null), look(1000 + TIMES.guidedAlign, null)];
    const { state } = run(guided, begin);
    expect(state.at).toBe('gesture');
    const later = 1000 + TIMES.guidedAlign + TIMES.guidedGesture;
    const { effects } = run([look(later, null), look(later + TIMES.tail, null)], state);
    expect(effects).toContainEqual({ do: 'pack', action: 'video_selfie_left', done: true, reason: 'by_time', attempt: 0 });
  });
});

describe('a gesture', () => {
  const asked = run([...opening(planOf(['video_selfie_left'])), ...aligned()]).state;

  it('is packed a moment after it was done', () => {
    const { state, effects } = run([look(2000, GOOD), look(2500, DONE), look(2500 + TIMES.tail, GOOD)], asked);
    expect(state.at).toBe('packing');
    expect(effects).toContainEqual({ do: 'pack', action: 'video_selfie_left', done: true, reason: null, attempt: 0 });
  });

  it('is missed after its time, and after some attempts for good', () => {
    let state = asked;
    let now = 2000;
    for (let attempt = 1; attempt <= ATTEMPTS; ++attempt) {
      now += TIMES.gesture + 1000;
      const move = next(state, look(now, GOOD));
      state = move.state;
      if (attempt < ATTEMPTS) {
        expect(state.at).toBe('missed');
        state = run([{ type: 'retry' }, ...aligned(now + 100)], state).state;
        now += 1000;
      } else {
        expect(state).toMatchObject({ at: 'failed', fault: { kind: 'attempts' }, retry: null });
        expect(done(move.effects)).toContain('report');
      }
    }
    expect(needsCamera(state)).toBe(false);
  });

  it.each(['no_face', 'many_faces'] as const)('begins anew where %s lasts', (hint) => {
    const lost = { ...GOOD, hint };
    expect(run([look(2000, lost), look(2000 + TIMES.lost - 1, lost)], asked).state.at).toBe('gesture');
    const { state, effects } = run([look(2000, lost), look(2000 + TIMES.lost, lost)], asked);
    expect(state).toMatchObject({ at: 'align', attempt: 0 });
    expect(done(effects)).toEqual(['discard', 'record']);
  });

  it('does not count while another face is there', () => {
    expect(run([look(2000, { ...DONE, hint: 'many_faces' }), look(2400, GOOD)], asked).state).toMatchObject({ at: 'gesture', doneMs: null });
  });
});

describe('several actions', () => {
  it('keep the camera between gestures and open another for a document', () => {
    const plan = planOf(['video_selfie_smile', 'video_selfie_eyes', 'photo_id_front']);
    const packing = run([...opening(plan), ...aligned(), look(2000, DONE), look(2000 + TIMES.tail, GOOD)]).state;
    expect(packing.at).toBe('packing');
    expect(needsCamera(packing)).toBe(true);
    const second = run([{ type: 'packed', capture: captureOf('video_selfie_smile') }], packing);
    expect(second.state).toMatchObject({ at: 'align', index: 1 });
    const third = run([...aligned(5000), look(6000, DONE), look(6000 + TIMES.tail, GOOD),
      { type: 'packed', capture: captureOf('video_selfie_eyes') }], second.state);
    expect(third.state).toMatchObject({ at: 'asking', index: 2 });
    expect(third.effects).toContainEqual({ do: 'camera', facing: 'environment' });
  });

  it('let a photo be looked at and taken again', () => {
    const { state } = run(opening(planOf(['photo_id_front'])));
    const review = run([{ type: 'shutter' }, { type: 'photo', url: 'blob:1' }], state);
    expect(done(review.effects)).toEqual(['shoot']);
    expect(review.state).toMatchObject({ at: 'review', photo: 'blob:1' });
    expect(run([{ type: 'retake' }], review.state).state.at).toBe('document');
    expect(run([{ type: 'keep-photo' }], review.state).state.at).toBe('packing');
  });
});

describe('what goes wrong', () => {
  const plan = planOf(['video_selfie_blank']);

  it.each(['denied', 'none', 'busy', 'timeout', 'lost'] as const)('camera %s: it is told once, and may be tried again', (why) => {
    const { state, effects } = run([{ type: 'open' }, { type: 'loaded', plan }, { type: 'camera-failed', fault: { why } }]);
    expect(state).toMatchObject({ at: 'blocked', fault: { why } });
    expect(effects.filter((effect) => effect.do === 'report')).toHaveLength(1);
    expect(run([{ type: 'retry' }], state).state.at).toBe('asking');
  });

  it('a camera lost in the middle drops what was recorded', () => {
    const { effects } = run([...opening(plan), ...aligned(), { type: 'camera-failed', fault: { why: 'lost' } }]);
    expect(done(effects).slice(-2)).toEqual(['discard', 'report']);
  });

  it('an upload that failed is sent again', () => {
    const sending = run([...opening(plan), ...aligned(), look(3100, GOOD), look(3500, GOOD),
      { type: 'packed', capture: captureOf('video_selfie_blank') }]).state;
    const { state } = run([{ type: 'failed', fault: { kind: 'service', service: { why: 'offline' } }, retry: 'send' }], sending);
    expect(state.at).toBe('failed');
    const again = run([{ type: 'retry' }], state);
    expect(again.state.at).toBe('uploading');
    expect(done(again.effects)).toEqual(['send']);
  });

  it('with errors kept off the screen, a failing service closes the window', () => {
    const { state, effects } = run([{ type: 'open' }, { type: 'loaded', plan: { ...plan, quietErrors: true } },
      { type: 'failed', fault: { kind: 'service', service: { why: 'offline' } }, retry: 'send' }]);
    expect(state.at).toBe('closed');
    expect(done(effects).slice(-3)).toEqual(['report', 'call on_close', 'end']);
  });
});

const EVENTS: Event[] = [
  { type: 'open' }, { type: 'loaded', plan: planOf(['video_selfie_left', 'photo_id_front']) }, { type: 'camera-ready' },
  { type: 'camera-needs-tap' }, { type: 'tap' }, { type: 'camera-failed', fault: { why: 'lost' } }, look(1000, GOOD), look(2000, DONE),
  look(2400, GOOD), look(30_000, GOOD), look(31_000, null), { type: 'shutter' }, { type: 'photo', url: 'blob:1' }, { type: 'keep-photo' },
  { type: 'retake' }, { type: 'switch' }, { type: 'packed', capture: captureOf('video_selfie_left') }, { type: 'sending', share: 0.5 },
  { type: 'sent' }, { type: 'submitted' }, { type: 'result', result: finished }, { type: 'retry' },
  { type: 'failed', fault: { kind: 'service', service: { why: 'offline' } }, retry: 'load' }, { type: 'turned', wrong: true },
  { type: 'turned', wrong: false },
];

/** A sequence that is the same on every run: xorshift. */
function* numbers(seed: number): Generator<number> {
  let x = seed;
  for (;;) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    yield x >>> 0;
  }
}

describe('whatever happens', () => {
  it('close, hide and dismiss leave no camera on, and on_close is called once', () => {
    const random = numbers(20_261);
    for (let round = 0; round < 3000; ++round) {
      let state = run([{ type: 'open' }]).state;
      const effects: Effect[] = [];
      const length = (random.next().value as number) % 24;
      for (let i = 0; i < length; ++i) {
        const move = next(state, EVENTS[(random.next().value as number) % EVENTS.length] as Event);
        state = move.state;
        effects.push(...move.effects);
      }
      const wasClosed = state.at === 'closed';
      const way = (['close', 'hide', 'dismiss'] as const)[round % 3] as 'close' | 'hide' | 'dismiss';
      const ended = next(state, { type: way });
      expect(needsCamera(ended.state), `${state.at} then ${way}`).toBe(false);
      const closes = [...effects, ...ended.effects].filter((effect) => effect.do === 'call' && effect.name === 'on_close');
      expect(closes).toHaveLength(ended.state.at === 'closed' ? 1 : 0);
      if (way === 'close' && !wasClosed) expect(done(ended.effects)).toEqual(['call on_close', 'end']);
    }
  });

  it('hide lets what is being sent go on, without a window', () => {
    const sending: State = { ...START, at: 'uploading', sent: 0, plan: planOf(['video_selfie_blank']) };
    const { state } = run([{ type: 'hide' }, { type: 'sent' }, { type: 'submitted' }], sending);
    expect(state).toMatchObject({ at: 'processing', hidden: true });
    const { effects } = run([{ type: 'result', result: finished }], state);
    expect(done(effects)).toEqual(['answer on_result', 'answer on_complete', 'call on_close', 'end']);
  });

  it('the cross tells the page that the person left, except where all is over', () => {
    const { effects } = run([...opening(planOf(['video_selfie_left'])), { type: 'dismiss' }]);
    expect(done(effects).slice(-3)).toEqual(['report', 'call on_close', 'end']);
    const over: State = { ...START, at: 'result', result: finished };
    expect(done(next(over, { type: 'dismiss' }).effects)).toEqual(['call on_close', 'end']);
  });
});

describe('the outcome', () => {
  const of = (...resolutions: string[]) =>
    outcomeOf({ ...finished, analyses: Object.fromEntries(resolutions.map((resolution, i) => [`a${i}`, { state: 'finished', resolution: resolution as '' }])) });
  it('is the worst of the analyses, and unknown where none is told', () => {
    expect(outcomeOf(finished)).toBe('unknown');
    expect(of('success', 'success')).toBe('success');
    expect(of('success', 'declined')).toBe('declined');
    expect(of('operator_required', 'success')).toBe('review');
    expect(of('failed', 'declined')).toBe('failed');
  });
});
