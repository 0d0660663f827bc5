// When the camera's frames really come, for the facts that are sent along: a camera has its rhythm, an injected film
// often another.

const MOST = 120;

type FrameClock = HTMLVideoElement & {
  requestVideoFrameCallback?: (call: (now: number, data: { presentationTime: number }) => void) => number;
  cancelVideoFrameCallback?: (id: number) => void;
};

export class Rhythm {
  private intervals: number[] = [];
  private repaints: number[] = [];
  private lastFrame = 0;
  private lastPaint = 0;
  private stopped = false;

  constructor(private readonly video: HTMLVideoElement) {
    this.paint(0);
    this.frame();
  }

  stop(): void { this.stopped = true; }

  facts(): { frame_intervals_ms: number[]; raf_ms: number } {
    const sorted = [...this.repaints].sort((a, b) => a - b);
    const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
    return { frame_intervals_ms: this.intervals.map((ms) => Math.round(ms * 10) / 10), raf_ms: Math.round(middle * 10) / 10 };
  }

  private frame(): void {
    const video = this.video as FrameClock;
    if (typeof video.requestVideoFrameCallback !== 'function') return;
    video.requestVideoFrameCallback((_, data) => {
      if (this.stopped) return;
      if (this.lastFrame > 0) push(this.intervals, data.presentationTime - this.lastFrame);
      this.lastFrame = data.presentationTime;
      this.frame();
    });
  }

  private paint(now: number): void {
    if (this.stopped) return;
    if (this.lastPaint > 0 && now > 0) push(this.repaints, now - this.lastPaint);
    if (now > 0) this.lastPaint = now;
    requestAnimationFrame((time) => this.paint(time));
  }
}

function push(list: number[], value: number): void {
  list.push(value);
  if (list.length > MOST) list.shift();
}
