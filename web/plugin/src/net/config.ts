// app_config.json, with the defaults of every key: in `capture` it is a file that somebody wrote by hand.
import { VIDEO_ACTIONS, type Config } from '../types';

export const DEFAULTS: Config = {
  version: '',
  architecture: 'normal',
  preinit: 'off',
  video_actions_list: VIDEO_ACTIONS.filter((action) => action !== 'video_selfie_oneshot'),
  photo_actions_list: ['photo_id_front', 'photo_id_back', 'photo_doc_custom'],
  video_required_actions_list: ['video_selfie_blank'],
  photo_source: ['capture'],
  save_lossless_frame: true,
  extract_best_shot: true,
  extract_action_shot: false,
  results_polling_interval: 1000,
  load_3d_mask: false,
  enable_3d_mask: false,
  iframe_allowed: false,
  disable_adapter_errors_on_screen: false,
  devtools_action: 'ignore',
  trusted_functions: {},
  assets_base_url: '',
  api_use_token: 'config',
  debug: false,
};

/** Keys of a wrong type keep their defaults; unknown keys are left alone. */
export function configOf(read: unknown): Config {
  const config: Record<string, unknown> = { ...DEFAULTS };
  if (typeof read === 'object' && read !== null) {
    for (const [key, value] of Object.entries(read)) {
      const fallback = (DEFAULTS as unknown as Record<string, unknown>)[key];
      if (fallback === undefined ? key === 'use_for_liveness' && typeof value === 'boolean' : sameKind(fallback, value)) {
        config[key] = value;
      }
    }
  }
  const polling = Number(config['results_polling_interval']);
  config['results_polling_interval'] = Math.min(60_000, Math.max(200, Number.isFinite(polling) ? polling : 1000));
  return config as unknown as Config;
}

const sameKind = (a: unknown, b: unknown): boolean =>
  typeof a === typeof b && b !== null && Array.isArray(a) === Array.isArray(b);
