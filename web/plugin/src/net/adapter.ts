// The adapter's browser protocol: sessions, uploads with progress, results, events. Every call ends with the one
// signal it was made with.
import type { Fault } from '../faults';
import type { Action, Box, Config, Landmarks, License, Result } from '../types';

export interface Session {
  session_id: string;
  nonce: string;
  event_session_id: string;
  actions: Action[];
  expires_in: number;
  limits: { max_bytes: number; max_frames: number; max_media: number };
}

export interface Opening {
  token?: string;
  action: string[];
  meta: Record<string, string>;
  params: Record<string, unknown>;
  lang: string;
  license?: License;
  origin: string;
}

export interface Media {
  upload_id: string;
  action: Action;
  kind: 'video' | 'photo';
  frames: { part: string; sha256: string; t_ms: number; box?: Box; landmarks?: Landmarks }[];
  best?: { part: string; sha256: string };
  best_png?: { part: string; sha256: string };
  additional_info: string;
}

/** What a call that did not succeed is thrown as. */
export class CallFailed extends Error {
  constructor(readonly fault: Fault, readonly status: number) {
    super(fault.kind);
  }
}

const offline = (): CallFailed => new CallFailed({ kind: 'service', service: { why: 'offline' } }, 0);

function refused(status: number, text: string): CallFailed {
  let code = 'service_unavailable', message = `The service answered ${status}.`;
  try {
    const { error } = JSON.parse(text) as { error?: { code?: string; message?: string } };
    code = error?.code ?? code;
    message = error?.message ?? message;
  } catch {
    // A proxy's page instead of the adapter's JSON: the words above stand.
  }
  return new CallFailed({ kind: 'service', service: { why: 'refused', code, message } }, status);
}

export class Adapter {
  constructor(private readonly base: string) {}

  async config(signal: AbortSignal): Promise<Config> {
    return this.call<Config>('GET', 'app_config.json', undefined, signal);
  }

  open(opening: Opening, signal: AbortSignal): Promise<Session> {
    return this.call('POST', 'session', opening, signal);
  }

  submit(id: string, signal: AbortSignal): Promise<unknown> {
    return this.call('POST', `session/${id}/submit`, {}, signal);
  }

  result(id: string, signal: AbortSignal): Promise<Result> {
    return this.call('GET', `session/${id}/result`, undefined, signal);
  }

  /** Never fails and never waits: telemetry is not worth a person's time. */
  events(id: string, eventSession: string, events: object[]): void {
    const body = JSON.stringify({ session_id: id, event_session_id: eventSession, events });
    fetch(this.base + 'event', { method: 'POST', body, headers: { 'Content-Type': 'application/json' }, keepalive: true })
      .catch(() => undefined);
  }

  /** Sends one action's pictures; `progress` hears shares of its bytes, 0..1. */
  upload(id: string, media: Media, parts: Map<string, Blob>, progress: (share: number) => void, signal: AbortSignal): Promise<void> {
    const form = new FormData();
    form.append('payload', JSON.stringify(media));
    for (const [name, blob] of parts) form.append(name, blob, name + (blob.type === 'image/png' ? '.png' : '.jpg'));
    return new Promise((resolve, reject) => {
      // fetch tells nothing of how far an upload has come.
      const request = new XMLHttpRequest();
      const abort = (): void => request.abort();
      signal.addEventListener('abort', abort);
      request.upload.onprogress = ({ loaded, total }) => progress(total > 0 ? loaded / total : 0);
      request.onload = () => (request.status >= 200 && request.status < 300 ? resolve() : reject(refused(request.status, request.responseText)));
      request.onerror = () => reject(offline());
      request.ontimeout = () => reject(offline());
      request.onabort = () => reject(offline());
      request.onloadend = () => signal.removeEventListener('abort', abort);
      request.timeout = 120_000;
      request.open('POST', `${this.base}session/${id}/media`);
      request.send(form);
    });
  }

  private async call<T>(method: string, path: string, body: unknown, signal: AbortSignal): Promise<T> {
    const init: RequestInit = { method, signal, cache: 'no-store', credentials: 'omit' };
    if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers = { 'Content-Type': 'application/json' };
    }
    let answer: Response, text: string;
    try {
      answer = await fetch(this.base + path, init);
      text = await answer.text();
    } catch {
      throw offline();
    }
    if (!answer.ok) throw refused(answer.status, text);
    try {
      return JSON.parse(text) as T;
    } catch {
      throw refused(answer.status, text);
    }
  }
}

/** Whether the same call may succeed a moment later: the connection was cut, or the other side has too much to do. */
export function isPassing(error: unknown): boolean {
  return error instanceof CallFailed && (error.status === 0 || error.status === 429 || error.status === 502 || error.status === 503);
}

/** Calls again after each of `pauses` while failures are of the passing kind. */
export async function patiently<T>(call: () => Promise<T>, signal: AbortSignal, pauses = [500, 1500, 4000]): Promise<T> {
  for (const pause of pauses) {
    try {
      return await call();
    } catch (error) {
      if (signal.aborted || !isPassing(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return call();
}
