// Which browser and device this is: the one place that reads a user-agent string, for help pages alone.
import type { Key } from './lang/en';

export type Name =
  | 'chrome' | 'edge' | 'samsung' | 'opera' | 'firefox' | 'safari' | 'facebook' | 'instagram' | 'webview' | 'other';
export type System = 'android' | 'ios' | 'desktop';
export interface Browser { name: Name; system: System }

export interface Agent { userAgent: string; maxTouchPoints: number; standalone?: boolean }

export function browserOf(agent: Agent): Browser {
  const ua = agent.userAgent;
  const system = systemOf(agent);
  return { name: nameOf(ua, system), system };
}

function systemOf({ userAgent: ua, maxTouchPoints }: Agent): System {
  if (/Android/i.test(ua)) return 'android';
  // An iPad that asks for desktop pages calls itself a Mac, but no Mac has a touch screen.
  if (/iPhone|iPad|iPod/i.test(ua) || (/Macintosh/i.test(ua) && maxTouchPoints > 1)) return 'ios';
  return 'desktop';
}

function nameOf(ua: string, system: System): Name {
  if (/FBAN|FBAV|FB_IAB/i.test(ua)) return 'facebook';
  if (/Instagram/i.test(ua)) return 'instagram';
  if (/SamsungBrowser/i.test(ua)) return 'samsung';
  if (/\bOPR\/|\bOPiOS|\bOPT\//i.test(ua)) return 'opera';
  if (/Edg(e|A|iOS)?\//i.test(ua)) return 'edge';
  if (/Firefox|FxiOS/i.test(ua)) return 'firefox';
  if (system === 'android' && (/; wv\)/.test(ua) || /Version\/[\d.]+ Chrome\//.test(ua))) return 'webview';
  if (/Chrome|CriOS|Chromium/i.test(ua)) return 'chrome';
  if (system === 'ios' && !/Safari\//i.test(ua)) return 'webview';
  if (/Safari\//i.test(ua)) return 'safari';
  return 'other';
}

/** How to allow a camera that is blocked: a title, and instructions one after the other. */
export interface Help { title: Key; steps: Key[]; copyLink: boolean }

export function helpOf({ name, system }: Browser): Help {
  if (name === 'facebook' || name === 'instagram') {
    return {
      title: 'oz_tutorial_camera_external_browser_title',
      steps: system === 'android'
        ? ['error_camera_timeout_android_facebook_instruction']
        : ['oz_tutorial_camera_external_browser_manual_open_link'],
      copyLink: true,
    };
  }
  if (system === 'android') return android(name);
  if (system === 'ios') {
    if (name === 'webview') {
      return {
        title: 'oz_tutorial_camera_external_browser_title',
        steps: ['oz_tutorial_camera_external_browser_manual_open_link'], copyLink: true,
      };
    }
    return name === 'safari'
      ? plain('oz_tutorial_camera_ios_safari_title', 'oz_tutorial_camera_ios_safari_instruction')
      : plain('oz_tutorial_camera_ios_other_title', 'oz_tutorial_camera_ios_other_instruction');
  }
  if (name === 'firefox') return plain('oz_tutorial_camera_desktop_firefox_title', 'oz_tutorial_camera_desktop_firefox_instruction');
  if (name === 'safari') return plain('oz_tutorial_camera_desktop_safari_title', 'oz_tutorial_camera_desktop_safari_instruction');
  return plain('oz_tutorial_camera_desktop_chrome_title', 'oz_tutorial_camera_desktop_chrome_instruction');
}

const plain = (title: Key, ...steps: Key[]): Help => ({ title, steps, copyLink: false });

function android(name: Name): Help {
  switch (name) {
    case 'edge':
      return plain('oz_tutorial_camera_android_edge_title', 'oz_tutorial_camera_android_edge_instruction');
    case 'samsung':
      return plain('oz_tutorial_camera_android_samsung_title', 'oz_tutorial_camera_android_samsung_instruction');
    case 'opera':
      return plain('oz_tutorial_camera_android_opera_title', 'oz_tutorial_camera_android_opera_instruction');
    case 'firefox':
      return plain('oz_tutorial_camera_android_firefox_title', 'oz_tutorial_camera_android_firefox_instruction');
    case 'webview':
      return {
        ...plain('oz_tutorial_camera_android_webview_title', 'oz_tutorial_camera_android_webview_instruction'),
        copyLink: true,
      };
    default:
      return plain('oz_tutorial_camera_android_chrome_with_screens_title',
        'oz_tutorial_camera_android_chrome_instruction_screen_click_settings',
        'oz_tutorial_camera_android_chrome_instruction_screen_permissions',
        'oz_tutorial_camera_android_chrome_instruction_screen_allow_access');
  }
}

/** A phone, by its screen and pointer; a tablet may lie on its side, a phone may not. */
export function isPhone(view: Window = window): boolean {
  const coarse = view.matchMedia?.('(pointer: coarse)').matches ?? false;
  return coarse && Math.min(view.screen.width, view.screen.height) < 600;
}

/** Whether the window itself can be shown. */
export const canShow = (view: Window & typeof globalThis = window): boolean =>
  'customElements' in view && typeof Element.prototype.attachShadow === 'function' && typeof view.AbortController === 'function';

/** What the plugin cannot do without; null where all is there. */
export function lacking(view: Window & typeof globalThis = window): 'unsupported-browser' | 'insecure-page' | null {
  if (!view.isSecureContext) return 'insecure-page';
  const there = typeof view.navigator.mediaDevices?.getUserMedia === 'function' && typeof view.crypto?.subtle === 'object';
  return there ? null : 'unsupported-browser';
}
