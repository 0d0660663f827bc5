// Drawn signs: 24 by 24 lines for buttons, 96 by 96 for screens, and the head that shows a gesture.
import type { Action } from '../types';
import { h, s } from './dom';

const line = (d: string, extra: Record<string, string | number> = {}): SVGPathElement =>
  s('path', { d, fill: 'none', stroke: 'currentColor', 'stroke-width': 2, 'stroke-linecap': 'round', 'stroke-linejoin': 'round', ...extra });

const small = (...paths: SVGElement[]): SVGSVGElement =>
  s('svg', { viewBox: '0 0 24 24', width: 24, height: 24, 'aria-hidden': 'true' }, ...paths);

export const closeIcon = (): SVGSVGElement => small(line('M6 6l12 12M18 6L6 18'));
export const cameraIcon = (): SVGSVGElement =>
  small(line('M4 8h3l2-3h6l2 3h3v11H4z'), s('circle', { cx: 12, cy: 13, r: 3.5, fill: 'none', stroke: 'currentColor', 'stroke-width': 2 }));
export const switchIcon = (): SVGSVGElement =>
  small(line('M4 12a8 8 0 0 1 14-5.3L20 9M20 4v5h-5M20 12a8 8 0 0 1-14 5.3L4 15M4 20v-5h5'));
export const fileIcon = (): SVGSVGElement => small(line('M12 15V4M8 8l4-4 4 4M5 14v5h14v-5'));

export type BigIcon = 'camera' | 'blocked' | 'check' | 'cross' | 'clock' | 'warn' | 'gesture';

export function bigIcon(name: BigIcon): SVGSVGElement {
  const draw = (d: string, length = 1): SVGPathElement =>
    s('path', { d, class: 'draw', pathLength: length, fill: 'none', stroke: 'currentColor', 'stroke-width': 4, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' });
  const shapes: Record<BigIcon, SVGElement[]> = {
    camera: [draw('M24 38h9l5-8h20l5 8h9v30H24z'), draw('M48 44a8.500 8.500 0 1 0 .1 0')],
    blocked: [draw('M24 38h9l5-8h20l5 8h9v30H24z'), draw('M24 26l48 46')],
    check: [draw('M30 50l12 12 24-27')],
    cross: [draw('M34 34l28 28M62 34L34 62')],
    clock: [draw('M48 30v19l12 8')],
    warn: [draw('M48 30v24'), draw('M48 65v.1')],
    gesture: [draw('M48 26c12 0 18 9 18 21S58 72 48 72s-18-13-18-25 6-21 18-21z'), draw('M40 45v3M56 45v3'), draw('M41 59c4 4 10 4 14 0')],
  };
  return s('svg', { viewBox: '0 0 96 96', class: 'big', 'aria-hidden': 'true' },
    s('circle', { cx: 48, cy: 48, r: 46, class: 'disc' }), ...shapes[name]);
}

/** A head that moves as the person should; the arrow says the same to those who want no motion. */
export function gestureIcon(action: Action): SVGSVGElement {
  const name = action.replace('video_selfie_', '');
  const ink = { fill: 'none', stroke: 'url(#oz-ink)', 'stroke-width': 3.5, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' };
  const arrows: Record<string, string> = {
    left: 'M10 40l-6 0M8 35l-5 5 5 5', right: 'M70 40l6 0M72 35l5 5-5 5', high: 'M40 8l0-6M35 7l5-5 5 5', down: 'M40 72l0 6M35 73l5 5 5-5',
  };
  const arrow = arrows[name];
  return s('svg', { viewBox: '0 0 80 80', class: `gesture ${name}`, 'aria-hidden': 'true' },
    s('defs', {}, s('linearGradient', { id: 'oz-ink', x1: 0, y1: 0, x2: 1, y2: 1, gradientUnits: 'objectBoundingBox' },
      s('stop', { offset: '0', class: 'ink-from' }), s('stop', { offset: '1', class: 'ink-to' }))),
    s('ellipse', { cx: 40, cy: 40, rx: 22, ry: 27, ...ink }),
    s('g', { class: 'features' },
      s('g', { class: 'eyes' }, s('circle', { cx: 32, cy: 35, r: 2.6, class: 'dot' }), s('circle', { cx: 48, cy: 35, r: 2.6, class: 'dot' })),
      s('path', { d: 'M40 37l-2.500 8h4', class: 'nose', ...ink, 'stroke-width': 2.5, stroke: 'currentColor' }),
      s('path', { d: 'M34 53h12', class: 'mouth calm', ...ink, stroke: 'currentColor' }),
      s('path', { d: 'M31 50c4 7 14 7 18 0', class: 'mouth wide', ...ink, stroke: 'currentColor' })),
    arrow ? s('path', { d: arrow, class: 'arrow', ...ink, stroke: 'currentColor' }) : null,
    name === 'scan' ? s('path', { d: 'M14 40h52', class: 'ray', ...ink, stroke: 'currentColor' }) : null);
}

export function spinner(): HTMLElement {
  return h('div', { class: 'spinner', 'aria-hidden': 'true' },
    s('svg', { viewBox: '0 0 96 96', class: 'big' }, s('circle', { cx: 48, cy: 48, r: 44, class: 'track' }),
      s('circle', { cx: 48, cy: 48, r: 44, class: 'arc', pathLength: 100 })));
}

export function turnIcon(): SVGSVGElement {
  return s('svg', { viewBox: '0 0 96 96', class: 'big turn', 'aria-hidden': 'true' },
    s('rect', { x: 32, y: 16, width: 32, height: 64, rx: 6, fill: 'none', stroke: 'currentColor', 'stroke-width': 4 }),
    s('circle', { cx: 48, cy: 71, r: 2.5, fill: 'currentColor' }));
}
