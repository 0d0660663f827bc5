// Everything that can go wrong, as a union the code switches on, and the code a page hears for each.
import type { ErrorCode } from './types';

export type CameraFault =
  | { why: 'denied' }
  | { why: 'none' }
  | { why: 'busy' }
  | { why: 'timeout' }
  | { why: 'lost' }
  | { why: 'insecure-page' }
  | { why: 'unsupported-browser' };

export type ServiceFault =
  | { why: 'offline' }
  | { why: 'refused'; code: string; message: string }
  | { why: 'resource'; what: string };

export type Fault =
  | { kind: 'camera'; camera: CameraFault }
  | { kind: 'service'; service: ServiceFault }
  | { kind: 'license'; message: string }
  | { kind: 'language'; lang: string }
  | { kind: 'framed' }
  | { kind: 'devtools' }
  | { kind: 'attempts'; action: string }
  | { kind: 'closed-by-person' };

export interface Worded { code: ErrorCode; message: string; context: Record<string, unknown> }

export function worded(fault: Fault): Worded {
  switch (fault.kind) {
    case 'camera':
      if (fault.camera.why === 'timeout') {
        return { code: 'error_camera_timeout', message: 'The camera did not start in time.', context: { why: 'timeout' } };
      }
      return { code: 'error_no_camera_access', message: CAMERA[fault.camera.why], context: { why: fault.camera.why } };
    case 'service':
      return ofService(fault.service);
    case 'license':
      return { code: 'license_error', message: fault.message, context: {} };
    case 'language':
      return { code: 'lang_not_available', message: `There is no language "${fault.lang}".`, context: { lang: fault.lang } };
    case 'framed':
      return { code: 'iframe_not_allowed', message: 'The plugin may not be opened inside a frame.', context: {} };
    case 'devtools':
      return { code: 'error_service_unavailable', message: 'Developer tools must be closed.', context: { why: 'devtools' } };
    case 'attempts':
      return { code: 'attempts_exhausted', message: 'The gesture was not seen in any attempt.', context: { action: fault.action } };
    case 'closed-by-person':
      return { code: 'user_closed', message: 'The person closed the window.', context: {} };
  }
}

const CAMERA: Record<Exclude<CameraFault['why'], 'timeout'>, string> = {
  denied: 'The camera may not be used: permission was not given.',
  none: 'No camera was found.',
  busy: 'The camera is used by another program.',
  lost: 'The camera was disconnected.',
  'insecure-page': 'A camera can only be used on a page served by HTTPS or from localhost.',
  'unsupported-browser': 'This browser is too old to be used with a camera.',
};

function ofService(fault: ServiceFault): Worded {
  if (fault.why === 'offline') {
    return { code: 'error_connection_lost', message: 'The service could not be reached.', context: {} };
  }
  if (fault.why === 'resource') {
    return { code: 'unable_load_resource', message: `${fault.what} could not be loaded.`, context: { resource: fault.what } };
  }
  const context = { code: fault.code };
  if (fault.code === 'license_error') return { code: 'license_error', message: fault.message, context };
  if (fault.code === 'iframe_not_allowed') return { code: 'iframe_not_allowed', message: fault.message, context };
  return { code: 'error_service_unavailable', message: fault.message, context };
}
