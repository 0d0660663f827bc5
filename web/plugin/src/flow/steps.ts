// Which actions a check has, and by which camera, from the page's options and the adapter's configuration.
import { isAction, isPhoto } from '../types';
import type { Action, Config, Options } from '../types';
import type { Facing } from './state';

export interface Device { phone: boolean }

/** The page's actions that the adapter allows, in the page's order; if the page asks for none, the adapter's own. */
export function actionsOf(asked: Options['action'], config: Config): { actions: Action[]; refused: string[] } {
  const names = asked === undefined ? [] : Array.isArray(asked) ? asked : [asked];
  const allowed = new Set<string>([...config.video_actions_list, ...config.photo_actions_list]);
  const actions: Action[] = [];
  const refused: string[] = [];
  for (const name of names) {
    if (isAction(name) && allowed.has(name)) actions.push(name);
    else refused.push(String(name));
  }
  if (actions.length > 0) return { actions, refused };
  return { actions: config.video_required_actions_list.filter(isAction), refused };
}

/**
 * Documents are taken with the rear camera of a phone. For a face: `use_for_liveness`, once set, overrules the page
 * (true: rear camera on phones); otherwise `cameraFacingMode` decides.
 */
export function facingOf(action: Action, options: Options, config: Config, device: Device): Facing {
  if (isPhoto(action)) return device.phone ? 'environment' : 'user';
  if (config.use_for_liveness !== undefined) return config.use_for_liveness && device.phone ? 'environment' : 'user';
  return options.cameraFacingMode ?? 'user';
}

/** A face is shown as in a mirror, unless another person holds the camera. */
export function isMirrored(action: Action, facing: Facing, config: Config): boolean {
  return !isPhoto(action) && facing === 'user' && config.use_for_liveness !== true;
}
