// The screens beside the stage: a sign, a title, a sentence, what may be done.
import { browserOf, helpOf } from '../browser';
import type { CameraFault, Fault } from '../faults';
import { outcomeOf } from '../flow/machine';
import type { Event, State } from '../flow/state';
import type { Key, Say } from '../lang';
import { h } from './dom';
import { bigIcon, spinner, type BigIcon } from './icons';

export interface Panel { element: HTMLElement; title: Key; update?: (state: State) => void }
type Send = (event: Event) => void;

/** Which screen a state shows; the same name means the same screen, brought up to date. */
export function nameOf(state: State): string {
  return state.at === 'failed' ? `failed:${state.fault.kind}` : state.at;
}

export function panelOf(state: State, say: Say, send: Send): Panel | null {
  const make = builder(say, send);
  switch (state.at) {
    case 'loading':
      return make({ sign: spinner(), title: 'oz_loading' });
    case 'asking':
      return make({ icon: 'camera', title: 'oz_camera_ask_title', text: 'oz_camera_ask_text' });
    case 'tap':
      return make({ icon: 'camera', title: 'tap_to_continue', go: ['oz_continue', { type: 'tap' }] });
    case 'blocked':
      return blocked(state.fault, make, say);
    case 'missed':
      return make({ icon: 'gesture', title: 'oz_missed_title', text: 'oz_missed_text', go: ['try_again', { type: 'retry' }] });
    case 'review': {
      const picture = h('img', { class: 'preview', src: state.photo, alt: '' });
      return make({ sign: picture, title: 'oz_photo_review', small: true,
        go: ['oz_photo_use', { type: 'keep-photo' }], also: ['oz_photo_retake', { type: 'retake' }] });
    }
    case 'packing':
      return make({ sign: spinner(), title: 'oz_packing' });
    case 'uploading':
      return uploading(say, make);
    case 'processing':
      return make({ sign: spinner(), title: 'oz_processing_title', text: 'oz_processing_text' });
    case 'result':
      return result(state, make);
    case 'failed':
      return failed(state.fault, state.retry !== null, make, say);
    default:
      return null;
  }
}

interface Content {
  icon?: BigIcon;
  sign?: Element;
  mood?: 'good' | 'bad';
  title: Key;
  text?: Key;
  small?: boolean;
  more?: Element;
  go?: [Key, Event];
  also?: [Key, Event];
}
type Make = (content: Content) => Panel;

function builder(say: Say, send: Send): Make {
  return (content) => {
    const button = (kind: 'go' | 'also', pair: [Key, Event]): HTMLElement =>
      h('button', { type: 'button', class: kind, onclick: () => send(pair[1]) }, say(pair[0]));
    const buttons = [content.go && button('go', content.go), content.also && button('also', content.also)].filter(Boolean) as HTMLElement[];
    const inner = h('div', { class: content.mood },
      content.sign ?? (content.icon ? bigIcon(content.icon) : null),
      h('h2', { class: content.small === true && 'less' }, say(content.title)),
      content.text ? h('p', {}, say(content.text)) : null, content.more ?? null,
      buttons.length > 0 ? h('div', { class: 'actions' }, ...buttons) : null);
    return { element: h('div', { class: 'panel', ...(content.more?.localName === 'ol' && { tabindex: 0 }) }, inner), title: content.title };
  };
}

function uploading(say: Say, make: Make): Panel {
  const done = h('i');
  const progress = h('div', {
    class: 'progress', role: 'progressbar', 'aria-valuemin': 0, 'aria-valuemax': 100, 'aria-valuenow': 0, 'aria-label': say('oz_uploading_title'),
  }, done);
  const panel = make({ title: 'oz_uploading_title', text: 'oz_uploading_text', more: progress });
  const update = (state: State): void => {
    if (state.at !== 'uploading') return;
    done.style.transform = `scaleX(${state.sent})`;
    progress.setAttribute('aria-valuenow', String(Math.round(state.sent * 100)));
  };
  return { ...panel, update };
}

function result(state: Extract<State, { at: 'result' }>, make: Make): Panel {
  const go: [Key, Event] = ['oz_done', { type: 'dismiss' }];
  switch (outcomeOf(state.result)) {
    case 'success': return make({ icon: 'check', mood: 'good', title: 'oz_result_success_title', text: 'oz_result_success_text', go });
    case 'declined': return make({ icon: 'cross', mood: 'bad', title: 'oz_result_declined_title', text: 'oz_result_declined_text', go });
    case 'review': return make({ icon: 'clock', title: 'oz_result_review_title', text: 'oz_result_review_text', go });
    case 'failed': return make({ icon: 'warn', mood: 'bad', title: 'oz_result_failed_title', text: 'oz_result_failed_text', go });
    case 'unknown': return make({ icon: 'check', title: 'oz_result_unknown_title', text: 'oz_result_unknown_text', go });
  }
}

function blocked(fault: CameraFault, make: Make, say: Say): Panel {
  const again: [Key, Event] = ['try_again', { type: 'retry' }];
  const browser = browserOf(navigator);
  switch (fault.why) {
    case 'denied': {
      const help = helpOf(browser);
      const steps = help.steps.length > 1
        ? h('ol', {}, ...help.steps.map((step) => h('li', {}, h('span', {}, say(step)))))
        : h('p', {}, say(help.steps[0] ?? 'error_no_camera_access'));
      const more = help.copyLink ? h('div', { class: 'actions' }, steps, copyButton(say)) : steps;
      return make({ icon: 'blocked', title: help.title, more, go: again });
    }
    case 'timeout': {
      const inApp = browser.name === 'facebook' || browser.name === 'instagram';
      return make({ icon: 'warn', title: 'error_camera_timeout_title', go: again,
        text: inApp && browser.system === 'android' ? 'error_camera_timeout_android_facebook_instruction' : 'error_camera_timeout_instruction' });
    }
    case 'none': return make({ icon: 'blocked', title: 'oz_camera_none_title', text: 'oz_camera_none_text', go: again });
    case 'busy': return make({ icon: 'warn', title: 'oz_camera_busy_title', text: 'oz_camera_busy_text', go: again });
    case 'lost': return make({ icon: 'warn', title: 'oz_camera_lost_title', text: 'oz_camera_lost_text', go: again });
    case 'insecure-page': return make({ icon: 'blocked', title: 'error_no_camera_access', text: 'oz_camera_insecure_text' });
    case 'unsupported-browser':
      return make({ icon: 'blocked', title: 'error_no_camera_access', text: 'accessing_camera_switch_to_another_browser', more: copyButton(say) });
  }
}

function copyButton(say: Say): HTMLElement {
  const button = h('button', { type: 'button', class: 'also' }, say('oz_tutorial_camera_external_browser_button'));
  button.addEventListener('click', () => {
    void navigator.clipboard?.writeText(location.href).then(() => {
      button.textContent = say('oz_tutorial_camera_external_browser_copied');
    }, () => undefined);
  });
  return button;
}

function failed(fault: Fault, retries: boolean, make: Make, say: Say): Panel {
  const go: [Key, Event] = retries ? ['try_again', { type: 'retry' }] : ['oz_close', { type: 'dismiss' }];
  const shown = (text: Key): Panel => make({ icon: 'warn', mood: 'bad', title: 'oz_error_title', text, go });
  switch (fault.kind) {
    case 'camera': return blocked(fault.camera, make, say);
    case 'license': return shown('oz_error_license');
    case 'language': return shown('oz_error_language');
    case 'framed': return shown('oz_error_framed');
    case 'devtools': return shown('oz_error_devtools');
    case 'attempts': return make({ icon: 'gesture', title: 'oz_missed_title', text: 'oz_error_attempts', go });
    case 'closed-by-person': return shown('error_service_unavailable');
    case 'service':
      switch (fault.service.why) {
        case 'offline': return shown('error_connection_lost');
        case 'resource': return shown('unable_load_resource');
        case 'refused':
          if (fault.service.code === 'license_error') return shown('oz_error_license');
          return shown(fault.service.code === 'iframe_not_allowed' ? 'oz_error_framed' : 'error_service_unavailable');
      }
  }
}
