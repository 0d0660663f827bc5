// Events of a check, sent to the adapter in batches. Kept until there is a session; none is sent in `capture`.
import type { Adapter, Session } from './net/adapter';

const MOST_KEPT = 100;

export class Telemetry {
  private kept: { name: string; t_ms: number; data?: Record<string, unknown> }[] = [];
  private timer = 0;
  private session: Session | null = null;
  private readonly started = performance.now();

  constructor(private readonly adapter: Adapter) {}

  begin(session: Session): void {
    this.session = session;
    this.soon();
  }

  log(name: string, data?: Record<string, unknown>): void {
    if (this.kept.length >= MOST_KEPT) return;
    const event = { name, t_ms: Math.round(performance.now() - this.started) };
    this.kept.push(data === undefined ? event : { ...event, data });
    this.soon();
  }

  /** Sends what is left; nothing may be logged after. */
  end(): void {
    window.clearTimeout(this.timer);
    this.send();
  }

  private soon(): void {
    if (this.session === null || this.timer !== 0) return;
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      this.send();
    }, 2000);
  }

  private send(): void {
    if (this.session === null || this.kept.length === 0) return;
    this.adapter.events(this.session.session_id, this.session.event_session_id, this.kept);
    this.kept = [];
  }
}
