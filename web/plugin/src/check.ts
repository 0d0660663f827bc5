// One check from open() to its end: runs the flow's machine, carries out its effects and shows its state.
import { theConfig, theTracker } from './assets';
import { baseUrl } from './base';
import { isPhone, lacking } from './browser';
import { Camera, nearestAspect, type Facts } from './camera/camera';
import { Grabber, jpegOfFile, LONGEST_DOCUMENT } from './camera/picture';
import { Rhythm } from './camera/rhythm';
import { Capture } from './capture';
import { worded, type Fault } from './faults';
import { actionOf, needsCamera, next } from './flow/machine';
import { START, type Effect, type Event, type Facing, type RetryFrom, type State } from './flow/state';
import { actionsOf, facingOf } from './flow/steps';
import { Adapter, CallFailed, isPassing, patiently, type Session } from './net/adapter';
import { faultOfLicense } from './net/license';
import { packPhoto, packVideo, randomId, type Around, type Packed } from './pack';
import { isFramed, type GestureSeen } from './probe/info';
import { devtoolsOpen, tampered } from './probe/natives';
import { isVirtualName } from './probe/virtual';
import { Telemetry } from './telemetry';
import type { Tracker } from './track/tracker';
import { isPhoto, type Action, type CaptureResult, type Config, type License, type Options, type Result } from './types';
import type { View } from './view/view';

const BOUNDS = { frames: 60, bytes: 8 << 20 };
/** Of the session's bytes, what is left for the form around the pictures and the lossless copy. */
const ROOM_FOR_LOSSLESS = 0.6;

export class Check {
  private state: State = START;
  private config: Config | null = null;
  private session: Session | null = null;
  private readonly ownEventSession = randomId();
  private readonly adapter = new Adapter(baseUrl());
  private readonly telemetry = new Telemetry(this.adapter);
  private readonly camera = new Camera();
  private readonly capture: Capture;
  private readonly ending = new AbortController();
  private tracker: Tracker | null = null;
  private rhythm: Rhythm | null = null;
  private facts: Facts | null = null;
  private deviceId: string | undefined;
  private tampered: string[] = [];
  private missed: GestureSeen[] = [];
  private photo: Blob | null = null;
  private photoUrl = '';
  private packed: Packed[] = [];
  private sentCount = 0;
  private pollTimer = 0;

  constructor(
    private readonly options: Options,
    private readonly view: View,
    private readonly lang: { id: string; unknown: string | null },
    private readonly onEnd: (check: Check) => void,
  ) {
    this.deviceId = options.device_id;
    this.camera.onLost = () => this.on({ type: 'camera-failed', fault: { why: 'lost' } });
    this.capture = new Capture(view.video, () => this.tracker, (width, height) => view.target(width, height), () => this.bounds(),
      ({ nowMs, sight, shape }) => {
        this.view.mask(shape);
        this.on({ type: 'look', nowMs, sight });
      });
    view.connect({
      event: (event) => this.on(event),
      file: (file) => void this.file(file),
      camera: (id) => this.choose(id),
    });
  }

  start(): void {
    this.on({ type: 'open' });
  }

  on(event: Event): void {
    const before = this.state;
    const { state, effects } = next(before, event);
    this.state = state;
    // The one place where a camera is let go; the machine's rule decides, whatever way led here.
    if (!needsCamera(state)) this.release();
    for (const effect of effects) this.run(effect);
    if (this.state === state && state.at !== 'closed') this.view.render(state);
  }

  get live(): boolean { return this.camera.isOn; }

  private release(): void {
    this.capture.stop();
    this.rhythm?.stop();
    this.camera.stop();
    this.view.detach();
  }

  private run(effect: Effect): void {
    switch (effect.do) {
      case 'load': return this.guard(this.load(), 'load');
      case 'camera': return this.guard(this.openCamera(effect.facing), 'camera');
      case 'play': return this.guard(this.play(), 'camera');
      case 'record': return this.capture.record(effect.action);
      case 'ask': return this.capture.ask();
      case 'discard': return this.discard();
      case 'shoot': return this.guard(this.shoot(), 'camera');
      case 'pack': return this.guard(this.pack(effect), 'camera');
      case 'send': return this.guard(this.send(), 'send');
      case 'submit': return this.guard(this.submit(), 'submit');
      case 'poll': return this.poll(effect.afterMs);
      case 'captured': return this.call('on_capture_complete', effect.capture);
      case 'call': return this.call(effect.name);
      case 'answer': return this.call(effect.name, this.stamped(effect.result));
      case 'report': return this.report(effect.fault);
      case 'log': return this.telemetry.log(effect.name, effect.data);
      case 'end': return this.end();
    }
  }

  private guard(work: Promise<void>, retry: RetryFrom): void {
    work.catch((error: unknown) => {
      if (this.ending.signal.aborted) return;
      if (error instanceof CallFailed) return this.on({ type: 'failed', fault: error.fault, retry: retryOf(error, retry) });
      console.error(error);
      const what = error instanceof Error ? error.message : String(error);
      this.on({ type: 'failed', fault: { kind: 'service', service: { why: 'resource', what } }, retry });
    });
  }

  private async load(): Promise<void> {
    this.session = null;
    this.packed = [];
    this.sentCount = 0;
    this.missed = [];
    if (this.lang.unknown !== null) return this.fail({ kind: 'language', lang: this.lang.unknown });
    const missing = lacking();
    if (missing !== null) return this.fail({ kind: 'camera', camera: { why: missing } });
    const config = await patiently(() => theConfig(this.ending.signal), this.ending.signal, [400]);
    this.config = config;
    if (isFramed(window) && !config.iframe_allowed) return this.fail({ kind: 'framed' });
    const license = await this.license();
    if (license !== null) return this.fail({ kind: 'license', message: license });
    this.tampered = await tampered(config.trusted_functions);
    if (this.devtools()) {
      if (config.devtools_action === 'stop') return this.fail({ kind: 'devtools' });
      if (config.devtools_action === 'warn') console.warn('OzLiveness: developer tools are open.');
      this.telemetry.log('devtools');
    }
    const { actions, refused } = actionsOf(this.options.action, config);
    for (const name of refused) console.warn(`OzLiveness: the action "${name}" is not allowed here.`);
    const faces = actions.some((action) => !isPhoto(action));
    this.tracker = faces ? theTracker(config.assets_base_url) : null;
    const sends = config.architecture !== 'capture';
    const chosen = sends ? (await this.openSession(actions)).actions : actions;
    const device = { phone: isPhone() };
    this.view.configure(config, this.options);
    this.on({
      type: 'loaded',
      plan: {
        steps: chosen.map((action) => ({ action, facing: facingOf(action, this.options, config, device) })),
        sends, takesFiles: config.photo_source.includes('file'), pollingMs: config.results_polling_interval,
        quietErrors: config.disable_adapter_errors_on_screen,
      },
    });
  }

  private async openSession(actions: Action[]): Promise<Session> {
    const { token, license, meta, params } = this.options;
    const session = await patiently(() => this.adapter.open({
      ...(token !== undefined && { token }), ...(license !== undefined && { license }),
      action: actions, meta: { ...meta }, params: { ...params }, lang: this.lang.id, origin: location.origin,
    }, this.ending.signal), this.ending.signal);
    this.session = session;
    this.telemetry.begin(session);
    this.telemetry.log('opened', { actions });
    return session;
  }

  private async license(): Promise<string | null> {
    const { licenseUrl } = this.options;
    let { license } = this.options;
    if (licenseUrl !== undefined) {
      const answer = await fetch(licenseUrl, { signal: this.ending.signal }).catch(() => null);
      if (answer === null || !answer.ok) return `License error. License at (${licenseUrl}) not found`;
      license = (await answer.json().catch(() => ({}))) as License;
    }
    if (license === undefined) return null;
    return faultOfLicense(license, location.hostname, Date.now() / 1000, licenseUrl ?? 'license');
  }

  private devtools(): boolean {
    return devtoolsOpen(window, 1, window.matchMedia('(pointer: coarse)').matches);
  }

  private async openCamera(facing: Facing): Promise<void> {
    const room = this.view.room();
    const adapts = this.options.disable_adaptive_aspect_ratio !== true;
    const answer = await this.camera.open({
      facing, deviceId: this.deviceId, timeoutMs: this.options.get_user_media_timeout ?? 40_000,
      aspect: adapts ? nearestAspect(room.width, room.height) : undefined,
    });
    if (answer === null) return;
    if ('fault' in answer) return this.on({ type: 'camera-failed', fault: answer.fault });
    this.facts = await this.camera.facts();
    this.view.attach(answer.stream, facing, this.facts);
    this.telemetry.log('camera', { label: this.facts?.label ?? '' });
    await this.play();
  }

  private async play(): Promise<void> {
    const stream = this.camera.stream;
    try {
      await this.view.video.play();
    } catch (error) {
      if (stream === null || stream !== this.camera.stream) return;
      if ((error as { name?: string }).name === 'NotAllowedError') return this.on({ type: 'camera-needs-tap' });
      throw error;
    }
    if (stream === null || stream !== this.camera.stream) return;
    this.rhythm?.stop();
    this.rhythm = new Rhythm(this.view.video);
    this.capture.start();
    this.on({ type: 'camera-ready' });
  }

  private choose(id: string): void {
    this.deviceId = id;
    this.on({ type: 'switch' });
  }

  private bounds(): { frames: number; bytes: number } {
    const limits = this.session?.limits;
    if (limits === undefined) return BOUNDS;
    return {
      frames: Math.min(BOUNDS.frames, limits.max_frames), bytes: Math.min(BOUNDS.bytes, Math.floor(limits.max_bytes * ROOM_FOR_LOSSLESS)),
    };
  }

  private discard(): void {
    const action = actionOf(this.state), reason = this.capture.reason();
    if (this.state.at === 'missed' && action !== null) {
      this.missed.push({ action, done: false, ...(reason && { reason }), shot: -1, t_ms: 0 });
    }
    this.capture.discard();
    this.dropPhoto();
  }

  private async shoot(): Promise<void> {
    const grabber = new Grabber();
    if (!grabber.grab(this.view.video, LONGEST_DOCUMENT)) return;
    this.showPhoto(await grabber.jpeg());
  }

  private async file(file: Blob): Promise<void> {
    try {
      this.showPhoto(await jpegOfFile(file, LONGEST_DOCUMENT));
    } catch {
      this.view.complain('oz_photo_unreadable');
    }
  }

  private showPhoto(photo: Blob): void {
    this.dropPhoto();
    this.photo = photo;
    this.photoUrl = URL.createObjectURL(photo);
    this.on({ type: 'photo', url: this.photoUrl });
  }

  private dropPhoto(): void {
    if (this.photoUrl !== '') URL.revokeObjectURL(this.photoUrl);
    this.photoUrl = '';
    this.photo = null;
  }

  private async pack(effect: Extract<Effect, { do: 'pack' }>): Promise<void> {
    const taken = this.capture.take(), photo = this.photo;
    const facts = this.facts, timing = this.rhythm?.facts() ?? { frame_intervals_ms: [], raf_ms: 0 };
    this.telemetry.log('tracking', this.capture.facts());
    const around = (gestures: GestureSeen[]): Around => ({
      sessionId: this.session?.session_id ?? this.ownEventSession, nonce: this.session?.nonce ?? null,
      camera: facts, timing, tampered: this.tampered, devtools: this.devtools(), gestures,
      lossless: this.config?.save_lossless_frame ?? true, virtual: facts !== null && isVirtualName(facts.label),
      tells: typeof this.options.on_capture_complete === 'function',
    });
    let packed: Packed;
    if (isPhoto(effect.action)) {
      if (photo === null) throw new Error('The photo');
      packed = await packPhoto(effect.action, photo, around([]));
      this.dropPhoto();
    } else {
      if (taken === null) throw new Error('The pictures of the camera');
      const first = taken.frames.all[0]?.tMs ?? 0, shot = taken.frames.all[taken.shot];
      const seen: GestureSeen = {
        action: effect.action, done: effect.done, ...(effect.reason !== null && { reason: effect.reason }),
        shot: taken.shot, t_ms: Math.round((shot?.tMs ?? first) - first),
      };
      packed = await packVideo(taken, around([...this.missed, seen]));
      taken.bestPicture?.close();
    }
    this.missed = [];
    if (this.ending.signal.aborted) return;
    if (this.state.plan?.sends === true) this.packed.push(packed);
    if (packed.capture.from_virtual_camera) this.telemetry.log('virtual_camera');
    this.on({ type: 'packed', capture: packed.capture });
  }

  private async send(): Promise<void> {
    const session = this.session;
    if (session === null) return;
    const total = this.packed.length;
    while (this.sentCount < total) {
      const { media, parts } = this.packed[this.sentCount] as Packed;
      await patiently(() => this.adapter.upload(session.session_id, media, parts,
        (share) => this.on({ type: 'sending', share: (this.sentCount + share) / total }), this.ending.signal), this.ending.signal);
      this.sentCount += 1;
      this.telemetry.log('uploaded', { action: media.action });
    }
    this.on({ type: 'sent' });
  }

  private async submit(): Promise<void> {
    const session = this.session;
    if (session === null) return;
    await patiently(() => this.adapter.submit(session.session_id, this.ending.signal), this.ending.signal).catch((error: unknown) => {
      // An answer that was cut off: the session says that it was submitted.
      const used = error instanceof CallFailed && error.fault.kind === 'service' && error.fault.service.why === 'refused' &&
        error.fault.service.code === 'session_used';
      if (!used) throw error;
    });
    this.packed = [];
    this.on({ type: 'submitted' });
  }

  private poll(afterMs: number): void {
    const session = this.session;
    if (session === null) return;
    this.pollTimer = window.setTimeout(() => {
      this.guard(patiently(() => this.adapter.result(session.session_id, this.ending.signal), this.ending.signal)
        .then((result) => this.on({ type: 'result', result })), 'poll');
    }, afterMs);
  }

  private stamped(result: Result): Result {
    return { ...result, event_session_id: this.eventSession() };
  }

  private eventSession(): string {
    return this.session?.event_session_id ?? this.ownEventSession;
  }

  private fail(fault: Fault): void {
    this.on({ type: 'failed', fault, retry: fault.kind === 'devtools' ? 'load' : null });
  }

  private report(fault: Fault): void {
    const { code, message, context } = worded(fault);
    this.telemetry.log('error', { code });
    this.call('on_error', { code, message, event_session_id: this.eventSession(), context });
  }

  private call(name: 'on_submit' | 'on_close'): void;
  private call(name: 'on_capture_complete' | 'on_result' | 'on_complete' | 'on_error', value: unknown): void;
  private call(name: string, value?: CaptureResult | unknown): void {
    const callback = (this.options as Record<string, unknown>)[name];
    if (typeof callback !== 'function') return;
    try {
      (callback as (...values: unknown[]) => unknown)(...(value === undefined ? [] : [value]));
    } catch (error) {
      // The page's own mistake must not leave a person with a camera that stays on.
      console.error(error);
    }
  }

  private end(): void {
    this.ending.abort();
    window.clearTimeout(this.pollTimer);
    this.release();
    this.capture.discard();
    this.dropPhoto();
    this.packed = [];
    this.telemetry.log('closed');
    this.telemetry.end();
    this.view.remove();
    this.onEnd(this);
  }
}

// A refusal that will be the same the next time is not worth a button.
function retryOf(error: CallFailed, from: RetryFrom): RetryFrom | null {
  if (isPassing(error) || error.status >= 500) return from;
  const gone = error.fault.kind === 'service' && error.fault.service.why === 'refused' &&
    ['unknown_session', 'session_expired', 'wrong_nonce'].includes(error.fault.service.code);
  return gone && from !== 'load' ? 'load' : null;
}
