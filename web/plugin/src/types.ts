// What a page hands to the plugin and what it gets back: docs/web-sdk.md in types.

export type VideoAction =
  | 'video_selfie_left' | 'video_selfie_right' | 'video_selfie_down' | 'video_selfie_high'
  | 'video_selfie_smile' | 'video_selfie_eyes' | 'video_selfie_scan' | 'video_selfie_blank'
  | 'video_selfie_oneshot' | 'video_selfie_best';
export type PhotoAction = 'photo_id_front' | 'photo_id_back';
export type Action = VideoAction | PhotoAction;

export const VIDEO_ACTIONS: readonly VideoAction[] = [
  'video_selfie_left', 'video_selfie_right', 'video_selfie_down', 'video_selfie_high', 'video_selfie_smile',
  'video_selfie_eyes', 'video_selfie_scan', 'video_selfie_blank', 'video_selfie_oneshot', 'video_selfie_best',
];
export const PHOTO_ACTIONS: readonly PhotoAction[] = ['photo_id_front', 'photo_id_back'];

export const isPhoto = (action: Action): action is PhotoAction =>
  (PHOTO_ACTIONS as readonly string[]).includes(action);
export const isAction = (name: unknown): name is Action =>
  typeof name === 'string' && ([...VIDEO_ACTIONS, ...PHOTO_ACTIONS] as readonly string[]).includes(name);

/** Pixels of the captured frame, x right, y down, not mirrored. */
export type Point = [x: number, y: number];
export interface Box { left: number; top: number; right: number; bottom: number }
export interface Landmarks {
  left_eye: Point; right_eye: Point; nose_base: Point; mouth_bottom: Point; left_ear: Point; right_ear: Point;
}

interface CaptureData {
  best_frame: string | null;
  best_frame_png: string | null;
  best_frame_bounding_box: Box | null;
  best_frame_landmarks: Landmarks | null;
  frame_list: string[] | null;
  frame_bounding_box_list: (Box | null)[] | null;
  frame_landmarks: (Landmarks | null)[] | null;
  additional_info: string | null;
}

/** The argument of on_capture_complete. With a suspected virtual camera, all but `action` is inside `from_virtual_camera`. */
export interface CaptureResult extends CaptureData {
  action: Action;
  from_virtual_camera: CaptureData | null;
}

export type ErrorCode =
  | 'error_no_camera_access' | 'error_camera_timeout' | 'error_connection_lost' | 'error_service_unavailable'
  | 'unable_load_resource' | 'license_error' | 'lang_not_available' | 'iframe_not_allowed' | 'attempts_exhausted'
  | 'virtual_camera' | 'user_closed';

export interface OzError {
  code: ErrorCode;
  message: string;
  event_session_id: string | null;
  context: Record<string, unknown>;
}

export type Resolution = '' | 'success' | 'declined' | 'operator_required' | 'failed';

/** What the adapter lets through under its result_mode; `safe` has the state alone. */
export interface Result {
  state: 'processing' | 'finished';
  event_session_id: string | null;
  folder_id?: string;
  analyses?: Record<string, { state: string; resolution: Resolution } & Record<string, unknown>>;
  [more: string]: unknown;
}

export interface License { payload_b64: string; signature: string; enc_public_key: string }
export type Strings = Record<string, string>;

export interface Options {
  token?: string;
  license?: License;
  licenseUrl?: string;
  lang?: string;
  params?: { extract_best_shot?: boolean };
  action?: string | string[];
  overlay_options?: { show_document_pattern?: boolean } | boolean;
  meta?: Record<string, string>;
  device_id?: string;
  cameraFacingMode?: 'user' | 'environment';
  disable_adaptive_aspect_ratio?: boolean;
  /** Milliseconds until the page that helps with a silent camera is shown; 40000. */
  get_user_media_timeout?: number;
  enable_3d_mask?: boolean;
  style?: import('./view/style').Style;
  /** Accepted for older pages and ignored: the adapter rules. */
  result_mode?: string;
  on_submit?: () => void;
  on_capture_complete?: (result: CaptureResult) => void;
  on_result?: (result: Result) => void;
  on_complete?: (result: Result) => void;
  on_error?: (error: OzError) => void;
  on_close?: () => void;
}

/** The part of app_config.json that the adapter shows to a browser. */
export interface Config {
  version: string;
  architecture: 'normal' | 'lite' | 'capture';
  preinit: 'off' | 'script' | 'full';
  video_actions_list: VideoAction[];
  photo_actions_list: string[];
  video_required_actions_list: VideoAction[];
  photo_source: ('capture' | 'file')[];
  save_lossless_frame: boolean;
  extract_best_shot: boolean;
  extract_action_shot: boolean;
  results_polling_interval: number;
  load_3d_mask: boolean;
  enable_3d_mask: boolean;
  iframe_allowed: boolean;
  use_for_liveness?: boolean;
  disable_adapter_errors_on_screen: boolean;
  devtools_action: 'ignore' | 'warn' | 'stop';
  trusted_functions: Record<string, string>;
  assets_base_url: string;
  api_use_token: 'config' | 'client';
  debug: boolean;
}
