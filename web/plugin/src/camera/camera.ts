// The camera. Every track that was ever given passes through here, and stop() ends them all: also one that arrives
// after it.
import type { CameraFault } from '../faults';
import type { Facing } from '../flow/state';

export interface Wanted {
  facing: Facing;
  deviceId?: string | undefined;
  /** Width over height that the page has room for; undefined: the camera's own. */
  aspect?: number | undefined;
  timeoutMs: number;
}

export interface Facts {
  label: string;
  deviceId: string;
  settings: MediaTrackSettings;
  capabilities: Record<string, unknown>;
  devices: { id: string; label: string }[];
}

const ASPECTS = [4 / 3, 3 / 4, 16 / 9, 9 / 16];

/** The nearest of 4:3, 3:4, 16:9 and 9:16, by ratio. */
export function nearestAspect(width: number, height: number): number {
  const wanted = Math.log(Math.max(1, width) / Math.max(1, height));
  return ASPECTS.reduce((best, aspect) =>
    Math.abs(Math.log(aspect) - wanted) < Math.abs(Math.log(best) - wanted) ? aspect : best);
}

export function constraintsOf(wanted: Wanted): MediaStreamConstraints {
  const long = { ideal: 1280 };
  const video: MediaTrackConstraints = { frameRate: { ideal: 30 }, width: long };
  if (wanted.deviceId !== undefined) video.deviceId = { exact: wanted.deviceId };
  else video.facingMode = { ideal: wanted.facing };
  if (wanted.aspect !== undefined) {
    video.aspectRatio = { ideal: wanted.aspect };
    if (wanted.aspect < 1) {
      delete video.width;
      video.height = long;
    }
  }
  return { audio: false, video };
}

/** What the name of a DOMException of getUserMedia means. */
export function faultOf(error: unknown): CameraFault {
  const name = error instanceof Error || (typeof error === 'object' && error !== null && 'name' in error)
    ? String((error as { name: unknown }).name) : '';
  switch (name) {
    case 'NotAllowedError': case 'PermissionDeniedError': case 'SecurityError': return { why: 'denied' };
    case 'NotReadableError': case 'TrackStartError': case 'AbortError': return { why: 'busy' };
    default: return { why: 'none' };
  }
}

export class Camera {
  private tracks = new Set<MediaStreamTrack>();
  private wish = 0;
  stream: MediaStream | null = null;
  onLost: () => void = () => undefined;

  /** Opens a camera in place of the one that is open. Null where stop() or another open() came first. */
  async open(wanted: Wanted): Promise<{ stream: MediaStream } | { fault: CameraFault } | null> {
    this.stop();
    const wish = ++this.wish;
    let timer = 0;
    const late = new Promise<'late'>((resolve) => {
      timer = window.setTimeout(() => resolve('late'), wanted.timeoutMs);
    });
    const asked = this.ask(wanted);
    // Whatever becomes of the wish, a stream nobody waits for any more is ended as soon as it arrives.
    asked.then((stream) => {
      if (wish !== this.wish) end(stream);
    }, () => undefined);
    try {
      const answer = await Promise.race([asked, late]);
      if (wish !== this.wish) return null;
      if (answer === 'late') {
        this.wish += 1;
        return { fault: { why: 'timeout' } };
      }
      return { stream: this.keep(answer) };
    } catch (error) {
      return wish === this.wish ? { fault: faultOf(error) } : null;
    } finally {
      window.clearTimeout(timer);
    }
  }

  /** Ends every track. May be called at any time, any number of times. */
  stop(): void {
    this.wish += 1;
    this.stream = null;
    for (const track of this.tracks) {
      track.onended = null;
      track.stop();
    }
    this.tracks.clear();
  }

  get isOn(): boolean { return this.tracks.size > 0; }

  async facts(): Promise<Facts | null> {
    const track = this.stream?.getVideoTracks()[0];
    if (track === undefined) return null;
    const settings = track.getSettings();
    const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    return {
      label: track.label,
      deviceId: settings.deviceId ?? '',
      settings,
      capabilities: typeof track.getCapabilities === 'function' ? { ...track.getCapabilities() } : {},
      devices: devices.filter((device) => device.kind === 'videoinput').map(({ deviceId, label }) => ({ id: deviceId, label })),
    };
  }

  private async ask(wanted: Wanted): Promise<MediaStream> {
    try {
      return await navigator.mediaDevices.getUserMedia(constraintsOf(wanted));
    } catch (error) {
      // A camera that was chosen once may be gone, and old phones refuse wishes: then any that faces the right way.
      const name = (error as { name?: string }).name ?? '';
      if (name !== 'OverconstrainedError' && name !== 'ConstraintNotSatisfiedError') throw error;
      return navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: wanted.facing } });
    }
  }

  private keep(stream: MediaStream): MediaStream {
    this.stream = stream;
    for (const track of stream.getTracks()) {
      this.tracks.add(track);
      track.onended = () => this.onLost();
    }
    return stream;
  }
}

function end(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
