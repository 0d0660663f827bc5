// OzLiveness: what a page calls.
import { setBase, VERSION } from './base';
import { canShow } from './browser';
import { Check } from './check';
import { worded } from './faults';
import { addLang, known, langs, preferred } from './lang';
import type { Options, Strings } from './types';
import { View } from './view/view';

export * from './types';
export type { Style } from './view/style';

let current: Check | null = null;

/** Begins a check. One that still runs is closed first. */
function open(options: Options = {}): void {
  close();
  if (!canShow()) return refuse(options);
  const asked = options.lang === undefined ? null : known(options.lang);
  const id = asked ?? preferred(navigator.languages ?? [navigator.language]);
  const unknown = options.lang !== undefined && asked === null ? options.lang : null;
  const check: Check = new Check(options, new View(options, id), { id, unknown }, (ended) => {
    if (current === ended) current = null;
  });
  current = check;
  check.start();
}

// Without shadow roots there is no window to say it in.
function refuse(options: Options): void {
  const { code, message, context } = worded({ kind: 'camera', camera: { why: 'unsupported-browser' } });
  options.on_error?.({ code, message, event_session_id: null, context });
  options.on_close?.();
}

/** Ends the check at once; of its callbacks on_close alone is called. */
function close(): void {
  current?.on({ type: 'close' });
}

/** Takes the window away. What is being sent or judged goes on, with its callbacks. */
function hide(): void {
  current?.on({ type: 'hide' });
}

export const OzLiveness = {
  open, close, hide,
  /** Adds a language, or strings to one that is there. */
  add_lang: (id: string, strings: Strings): void => addLang(id, strings),
  get_langs: (): string[] => langs(),
  /** For the npm form: the adapter's address, below which its configuration and the plugin's parts lie. */
  set_base: setBase,
  version: VERSION,
};
export type OzLivenessApi = typeof OzLiveness;

export default OzLiveness;
