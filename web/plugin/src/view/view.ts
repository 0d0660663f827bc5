// The window: a dialog in a shadow root that shows the state and passes on what the person does.
import { VERSION } from '../base';
import { isPhone } from '../browser';
import type { Facts } from '../camera/camera';
import { actionOf } from '../flow/machine';
import type { Event, Facing, State } from '../flow/state';
import { isMirrored } from '../flow/steps';
import { directionOf, speaker, tagOf, type Key, type Say } from '../lang';
import type { Box, Config, Options } from '../types';
import { adopt } from './css';
import { h, show } from './dom';
import { closeIcon } from './icons';
import { nameOf, panelOf, type Panel } from './panels';
import { Stage, type StageLook } from './stage';
import { styleOf } from './style';
import { propertiesOf } from './theme';

export interface Handlers { event(event: Event): void; file(file: Blob): void; camera(id: string): void }

const TAG = 'oz-liveness';
/** A hint must stand this long before it is read out: otherwise a screen reader never ends. */
const SAY_AFTER_MS = 350;

function hostElement(): HTMLElement {
  // Two copies of the plugin on one page share the element: it is but a place for a shadow root.
  if (window.customElements !== undefined && customElements.get(TAG) === undefined) {
    customElements.define(TAG, class extends HTMLElement {});
  }
  return document.createElement(TAG);
}

export class View {
  private readonly host: HTMLElement;
  private readonly say: Say;
  private readonly look: StageLook;
  private readonly stage: Stage;
  private readonly window: HTMLElement;
  private readonly body: HTMLElement;
  private readonly live = h('div', { class: 'said', 'aria-live': 'assertive', role: 'status' });
  private readonly before: Element | null = document.activeElement;
  private readonly overflow = document.documentElement.style.overflow;
  private readonly phone = isPhone();
  private handlers: Handlers = { event: () => undefined, file: () => undefined, camera: () => undefined };
  private panel: (Panel & { name: string }) | null = null;
  private config: Config | null = null;
  private state: State | null = null;
  private sayTimer = 0;
  private toSay = '';

  constructor(options: Options, lang: string) {
    this.host = hostElement();
    this.say = speaker(lang);
    const overlay = options.overlay_options;
    this.look = {
      style: styleOf(options.style), mask: false,
      pattern: typeof overlay === 'boolean' ? overlay : overlay?.show_document_pattern !== false,
    };
    this.stage = new Stage(this.say, this.look, {
      shutter: () => this.handlers.event({ type: 'shutter' }),
      file: (file) => this.handlers.file(file),
      camera: (id) => this.handlers.camera(id),
    });
    const close = h('button', { type: 'button', class: 'close', 'aria-label': this.say('oz_close'),
      onclick: () => this.handlers.event({ type: 'dismiss' }) }, closeIcon());
    this.body = h('div', { class: 'body' }, this.stage.element);
    this.window = h('div', {
      class: 'window', role: 'dialog', 'aria-modal': 'true', 'aria-label': this.say('oz_title'), tabindex: -1,
      lang: tagOf(lang), dir: directionOf(lang),
    }, h('div', { class: 'bar' }, close), this.body, h('div', { class: 'version', 'aria-hidden': 'true' }, VERSION.split('-')[0]), this.live);
    const root = this.host.attachShadow({ mode: 'open' });
    adopt(root);
    root.append(h('div', { class: 'scrim' }), this.window);
    for (const [name, value] of propertiesOf(this.look.style)) this.host.style.setProperty(name, value);
    this.window.addEventListener('keydown', (event) => this.key(event));
    window.addEventListener('resize', this.turned);
  }

  get video(): HTMLVideoElement { return this.stage.video; }

  connect(handlers: Handlers): void { this.handlers = handlers; }

  configure(config: Config, options: Options): void {
    this.config = config;
    this.look.mask = config.load_3d_mask && (options.enable_3d_mask ?? config.enable_3d_mask);
    this.turned();
  }

  /** The space that the stage has, in CSS pixels. */
  room(): { width: number; height: number } { return this.stage.room(); }
  target(width: number, height: number): Box { return this.stage.target(width, height); }
  mask(shape: ArrayLike<number> | null): void { this.stage.mask(shape); }

  attach(stream: MediaStream, facing: Facing, facts: Facts | null): void {
    const action = this.state && actionOf(this.state);
    this.stage.attach(stream, !!action && !!this.config && isMirrored(action, facing, this.config), facts);
  }

  detach(): void { this.stage.detach(); }

  render(state: State): void {
    if (!this.host.isConnected) this.appear();
    this.state = state;
    if (state.hidden) return this.vanish();
    const onStage = state.at === 'align' || state.at === 'gesture' || state.at === 'document';
    // While the camera is asked for, the stage lies behind, so that its size is known.
    show(this.stage.element, onStage || state.at === 'asking');
    this.window.classList.toggle('tall', innerHeight > innerWidth);
    const hint = this.stage.render(state, actionOf(state));
    const name = nameOf(state);
    if (this.panel?.name !== name) this.change(state, name);
    this.panel?.update?.(state);
    this.announce(onStage ? hint : this.panel ? this.spoken(this.panel) : '');
  }

  complain(key: Key): void {
    this.announce(this.say(key));
    const note = h('div', { class: 'scam', role: 'alert' }, h('span', {}, this.say(key)));
    this.stage.element.append(note);
    setTimeout(() => note.remove(), 5000);
  }

  remove(): void {
    window.clearTimeout(this.sayTimer);
    window.removeEventListener('resize', this.turned);
    this.stage.remove();
    this.vanish();
    this.host.remove();
  }

  // Gives the page back to the person; what runs on runs without a window.
  private vanish(): void {
    if (this.host.hidden || !this.host.isConnected) return;
    show(this.host, false);
    document.documentElement.style.overflow = this.overflow;
    if (this.before instanceof HTMLElement) this.before.focus();
  }

  private appear(): void {
    document.body.append(this.host);
    document.documentElement.style.overflow = 'hidden';
    this.window.focus();
  }

  private change(state: State, name: string): void {
    const panel = panelOf(state, this.say, (event) => this.handlers.event(event));
    this.panel?.element.remove();
    this.panel = panel && { ...panel, name };
    if (this.panel !== null) this.body.append(this.panel.element);
    this.stage.element.classList.toggle('behind', this.panel !== null);
    const focus = this.panel?.element.querySelector<HTMLElement>('.go') ??
      (state.at === 'document' ? this.stage.element.querySelector<HTMLElement>('.shutter') : null);
    (focus ?? this.window).focus({ preventScroll: true });
  }

  private spoken(panel: Panel): string {
    return [...panel.element.querySelectorAll('h2,p')].map((element) => element.textContent).join('. ');
  }

  private announce(text: string): void {
    if (text === this.toSay) return;
    this.toSay = text;
    window.clearTimeout(this.sayTimer);
    this.sayTimer = window.setTimeout(() => {
      this.live.textContent = text;
    }, SAY_AFTER_MS);
  }

  // A phone on its side cuts the face; a tablet has room for both.
  private readonly turned = (): void => {
    const wrong = this.phone && innerWidth > innerHeight && this.config !== null;
    if (this.state === null || this.state.wrongWay !== wrong) this.handlers.event({ type: 'turned', wrong });
  };

  private key(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      event.preventDefault();
      this.handlers.event({ type: 'dismiss' });
    }
    if (event.key !== 'Tab') return;
    const all = [...this.window.querySelectorAll<HTMLElement>('button,select,[tabindex="0"]')].filter((element) => element.offsetParent !== null);
    const first = all[0], last = all[all.length - 1], now = (this.host.shadowRoot as ShadowRoot).activeElement;
    if (first === undefined || last === undefined) return event.preventDefault();
    if (event.shiftKey ? now === first || now === this.window : now === last) {
      event.preventDefault();
      (event.shiftKey ? last : first).focus();
    }
  }
}
