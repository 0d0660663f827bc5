// The stage: the camera's picture, the frame for face or document, the hint over it and the sign of a gesture.
import type { Facts } from '../camera/camera';
import { isStill, TIMES } from '../flow/machine';
import type { State } from '../flow/state';
import type { Say } from '../lang';
import type { Key } from '../lang/en';
import { isPhoto, type Action, type Box } from '../types';
import { h, refill, s, setText, show } from './dom';
import { documentFrame, faceFrame, inPicture, outline, type Place, type Size } from './frame';
import { cameraIcon, fileIcon, gestureIcon, switchIcon, turnIcon } from './icons';
import { drawMask } from './mask';
import type { FullStyle } from './style';

export interface StageEvents { shutter(): void; file(file: Blob): void; camera(id: string): void }

export interface StageLook { style: FullStyle; pattern: boolean; mask: boolean }

export class Stage {
  readonly video = h('video', { playsinline: true, muted: true, 'aria-hidden': 'true', tabindex: -1, disablepictureinpicture: true });
  private readonly canvas = h('canvas', { 'aria-hidden': 'true' });
  private readonly outside = s('path', { class: 'outside', 'fill-rule': 'evenodd' });
  private readonly frame = s('path', { class: 'frame' });
  private readonly ring = s('path', { class: 'ring', pathLength: 100 });
  private readonly pattern = s('path', { class: 'pattern' });
  private readonly hint = h('div', { class: 'hint', 'aria-hidden': 'true' });
  private readonly sign = h('div', { class: 'sign', 'aria-hidden': 'true' });
  private readonly shutter: HTMLButtonElement;
  private readonly files: HTMLElement;
  private readonly foot: HTMLElement;
  private readonly cameras: HTMLElement;
  private readonly select = h('select');
  private readonly scam: HTMLElement;
  private readonly cover: HTMLElement;
  private readonly watcher: ResizeObserver | null;
  readonly element: HTMLElement;
  private size: Size = { width: 0, height: 0 };
  private action: Action | null = null;
  private mirrored = false;
  private signed = '';

  constructor(private readonly say: Say, private readonly look: StageLook, events: StageEvents) {
    this.video.muted = true; // the attribute alone does not silence an element made by a script
    this.shutter = h('button', { type: 'button', class: 'shutter', 'aria-label': say('action_photo_button'), onclick: events.shutter }, cameraIcon());
    const input = h('input', { type: 'file', accept: 'image/jpeg,image/png,image/webp,image/*', tabindex: -1, 'aria-hidden': 'true' });
    input.addEventListener('change', () => {
      const file = input.files?.[0];
      if (file) events.file(file);
      input.value = '';
    });
    this.files = h('button', { type: 'button', class: 'tool', 'aria-label': say('oz_photo_file'), onclick: () => input.click() }, fileIcon(), input);
    this.foot = h('div', { class: 'foot' }, this.files, this.shutter);
    this.select.setAttribute('aria-label', say('oz_camera_choose'));
    this.select.addEventListener('change', () => events.camera(this.select.value));
    this.cameras = h('div', { class: 'tool cameras', title: say('oz_camera_switch') }, switchIcon(), this.select);
    const { antiscamCustomization: scam } = look.style;
    this.scam = h('div', { class: 'scam', role: 'note' }, h('i'), h('span', {}, scam.textMessage));
    show(this.scam, scam.enableAntiscam && scam.textMessage !== '');
    this.cover = h('div', { class: 'cover', hidden: true }, turnIcon(), h('h2', {}, say('oz_turn_upright')));
    this.element = h('div', { class: 'stage' }, this.video, this.canvas,
      s('svg', { 'aria-hidden': 'true' }, this.outside, this.pattern, this.frame),
      // A layer of its own: as the ring fills, what lies below is not drawn anew.
      s('svg', { 'aria-hidden': 'true', class: 'above' }, this.ring),
      this.hint, this.sign, this.scam, this.cameras, this.foot, this.cover);
    this.watcher = typeof ResizeObserver === 'function' ? new ResizeObserver(() => this.measure()) : null;
    this.watcher?.observe(this.element);
  }

  attach(stream: MediaStream, mirrored: boolean, facts: Facts | null): void {
    this.video.srcObject = stream;
    this.mirrored = mirrored;
    this.element.classList.toggle('mirrored', mirrored);
    this.element.classList.add('on');
    refill(this.select, ...(facts?.devices ?? []).map((device, i) =>
      h('option', { value: device.id, selected: device.id === facts?.deviceId }, device.label || `${this.say('oz_camera_choose')} ${i + 1}`)));
  }

  detach(): void {
    this.video.srcObject = null;
    this.element.classList.remove('on');
    refill(this.select);
    drawMask(this.canvas, null);
  }

  room(): Size {
    const box = this.element.getBoundingClientRect();
    return box.width > 0 ? box : { width: innerWidth, height: innerHeight };
  }

  target(width: number, height: number): Box {
    const size = this.room();
    return inPicture(this.placeOf(size), size, { width, height }, this.mirrored);
  }

  /** What the hint says now, for those who hear it; empty where nothing is to be said. */
  render(state: State, action: Action | null): string {
    this.action = action;
    const photo = action !== null && isPhoto(action);
    const key = this.hintKey(state, action);
    const text = key === null ? '' : this.say(key);
    this.element.classList.toggle('document', photo);
    this.element.classList.toggle('well', state.at === 'gesture' || (state.at === 'align' && state.hint === null));
    setText(this.hint, text);
    show(this.hint, text !== '');
    show(this.cameras, this.select.options.length > 1 && (state.at === 'align' || state.at === 'document'));
    show(this.foot, state.at === 'document');
    show(this.files, state.plan?.takesFiles === true);
    show(this.pattern, photo && this.look.pattern);
    show(this.cover, state.wrongWay);
    show(this.canvas, this.look.mask && !photo);
    this.renderGesture(state, action);
    this.measure();
    return state.wrongWay ? this.say('oz_turn_upright') : text;
  }

  mask(shape: ArrayLike<number> | null): void {
    if (!this.look.mask) return;
    const { maskCustomization } = this.look.style;
    drawMask(this.canvas, shape && { shape, size: this.size, mirrored: this.mirrored, style: maskCustomization,
      picture: { width: this.video.videoWidth, height: this.video.videoHeight } });
  }

  remove(): void { this.watcher?.disconnect(); }

  private hintKey(state: State, action: Action | null): Key | null {
    if (action === null) return null;
    if (isPhoto(action)) return `oz_action_${action}_go`;
    if (state.at === 'align') return state.hint === null ? 'oz_hint_hold' : `oz_hint_${state.hint}`;
    if (state.at !== 'gesture') return state.at === 'tap' ? null : 'oz_camera_start';
    if (state.doneMs !== null) return 'oz_hint_good';
    if (state.hint !== null) return `oz_hint_${state.hint}`;
    return `oz_action_${action.replace('video_selfie_', '') as 'blank'}_go`;
  }

  private renderGesture(state: State, action: Action | null): void {
    const asks = state.at === 'gesture' && action !== null && state.doneMs === null;
    const signed = asks && !this.look.style.hintAnimation.hideAnimation && !isPlain(action) ? action : '';
    if (signed !== this.signed) {
      this.signed = signed;
      refill(this.sign, ...(signed !== '' ? [gestureIcon(signed)] : []));
    }
    const runs = state.at === 'gesture';
    if (runs !== this.ring.classList.contains('run')) {
      const ms = action === 'video_selfie_scan' ? TIMES.scan : action !== null && isStill(action) ? TIMES.still : TIMES.gesture;
      this.ring.style.setProperty('--run', `${ms}ms`);
      this.ring.classList.toggle('run', runs);
    }
  }

  private placeOf(size: Size): Place {
    return this.action !== null && isPhoto(this.action) ? documentFrame(size) : faceFrame(size);
  }

  private measure(): void {
    const box = this.element.getBoundingClientRect();
    const key = `${box.width}x${box.height}`;
    if (box.width === 0) return;
    this.size = { width: box.width, height: box.height };
    const place = this.placeOf(this.size), { faceFrameCustomization: face, documentFrameCustomization: doc } = this.look.style;
    const photo = this.action !== null && isPhoto(this.action);
    const kind = photo ? 'rectangle' : face.geometryType;
    const radius = parseFloat(photo ? doc.cornersRadius : face.cornersRadius) || 0;
    const hole = outline(place, kind, radius);
    const by = photo ? 0 : (parseFloat(face.strokePadding) || 0) + (parseFloat(face.strokeWidth) || 0) / 2;
    set(this.outside, `M0 0H${box.width}V${box.height}H0z${hole}`);
    set(this.frame, outline(place, kind, radius, by));
    set(this.ring, photo ? '' : outline(place, kind, radius, by));
    set(this.pattern, photo ? patternOf(place, this.action === 'photo_id_back') : '');
    this.canvas.dataset['size'] = key;
    this.placeSign(place);
  }

  // Below the frame where there is room; beside it, on the side to turn to, where the stage is wide.
  private placeSign(place: Place): void {
    const below = this.size.height - place.y - place.height;
    const side = this.action === 'video_selfie_left' ? -1 : 1;
    const wide = this.size.width - place.width > 320;
    const gap = (this.size.width - place.width) / 4 + place.width / 2;
    this.sign.style.left = `${this.size.width / 2 + (wide ? side * (this.mirrored ? 1 : -1) * gap : 0)}px`;
    this.sign.style.top = `${wide ? place.y + place.height / 2 : place.y + place.height + below / 2}px`;
  }
}

const isPlain = (action: Action): boolean =>
  action === 'video_selfie_blank' || action === 'video_selfie_best' || action === 'video_selfie_oneshot';

function set(path: SVGPathElement, d: string): void {
  if (path.getAttribute('d') !== d) path.setAttribute('d', d);
}

// What a card has where: a portrait and lines on the front, lines for machines on the back.
function patternOf({ x, y, width, height }: Place, back: boolean): string {
  const line = (from: number, to: number, at: number): string => `M${x + width * from} ${y + height * at}H${x + width * to}`;
  if (back) return [0.7, 0.79, 0.88].map((at) => line(0.08, 0.92, at)).join('');
  const px = x + width * 0.07, py = y + height * 0.24, pw = width * 0.25, ph = height * 0.52;
  const portrait = `M${px} ${py}h${pw}v${ph}h${-pw}zM${px + pw / 2} ${py + ph * 0.2}a${pw * 0.2} ${ph * 0.17} 0 1 1 -0.010 0z` +
    `M${px + pw * 0.14} ${py + ph}c0 ${-ph * 0.5} ${pw * 0.72} ${-ph * 0.5} ${pw * 0.72} 0`;
  return portrait + line(0.4, 0.9, 0.3) + line(0.4, 0.78, 0.44) + line(0.4, 0.84, 0.58) + line(0.4, 0.66, 0.72);
}
