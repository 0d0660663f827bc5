// The look a page may set: every key with its default, the names of before 1.0.1, and colours that can be read.

export interface FontStyle { textFont: string; textSize: string; textWeight: string; textStyle: string }

export const STYLE = {
  baseColorCustomization: {
    textColorPrimary: '#000000', backgroundColorPrimary: '#FFFFFF', textColorSecondary: '#8E8E93',
    backgroundColorSecondary: '#F2F2F7', iconColor: '#00A5BA',
  },
  baseFontCustomization: { textFont: 'Roboto, sans-serif', textSize: '16px', textWeight: '400', textStyle: 'normal' },
  titleFontCustomization: { textFont: 'inherit', textSize: '36px', textWeight: '500', textStyle: 'normal' },
  buttonCustomization: {
    textFont: 'inherit', textSize: '14px', textWeight: '500', textStyle: 'normal', textColorPrimary: '#FFFFFF',
    backgroundColorPrimary: '#00A5BA', textColorSecondary: '#00A5BA', backgroundColorSecondary: '#DBF2F5', cornerRadius: '10px',
  },
  toolbarCustomization: { closeButtonIcon: 'cross', iconColor: '#707070' },
  centerHintCustomization: {
    textFont: 'inherit', textSize: '24px', textWeight: '500', textStyle: 'normal', textColor: '#FFFFFF',
    backgroundColor: '#1C1C1E', backgroundOpacity: '56%', backgroundCornerRadius: '14px', verticalPosition: '38%',
  },
  hintAnimation: { hideAnimation: false, hintGradientColor: '#00BCD5', hintGradientOpacity: '100%', animationIconSize: '80px' },
  faceFrameCustomization: {
    geometryType: 'oval' as 'oval' | 'rectangle', cornersRadius: '0px', strokeDefaultColor: '#D51900',
    strokeFaceInFrameColor: '#00BCD5', strokeOpacity: '100%', strokeWidth: '6px', strokePadding: '4px',
  },
  documentFrameCustomization: { cornersRadius: '20px', templateColor: '#FFFFFF', templateOpacity: '100%' },
  backgroundCustomization: { backgroundColor: '#FFFFFF', backgroundOpacity: '88%' },
  antiscamCustomization: {
    enableAntiscam: false, textMessage: '', textFont: 'inherit', textSize: '14px', textWeight: '500', textStyle: 'normal',
    textColor: '#000000', textOpacity: '100%', backgroundColor: '#F2F2F7', backgroundOpacity: '100%',
    backgroundCornerRadius: '20px', flashColor: '#FF453A',
  },
  versionTextCustomization: {
    textFont: 'inherit', textSize: '16px', textWeight: '500', textStyle: 'normal', textColor: '#000000', textOpacity: '56%',
  },
  maskCustomization: { maskColor: '#008700', glowColor: '#000102', minAlpha: '30%', maxAlpha: '100%' },
};

export type FullStyle = typeof STYLE;
type Loose<T> = T extends boolean ? boolean : T extends 'oval' | 'rectangle' ? T : T extends string ? string | number : T;
export type Style = { [Group in keyof FullStyle]?: { [Key in keyof FullStyle[Group]]?: Loose<FullStyle[Group][Key]> } } & {
  /** Names of before 1.0.1, still heard. */
  [older: string]: unknown;
};

/** Where a name of before 1.0.1 went. `doc_color`, `centerHint.letterSpacing` and `closeButton.image` have no heir. */
const HEIRS: [path: string[], group: keyof FullStyle, key: string][] = [
  [['face_color_success'], 'faceFrameCustomization', 'strokeFaceInFrameColor'],
  [['faceFrame', 'faceReady'], 'faceFrameCustomization', 'strokeFaceInFrameColor'],
  [['face_color_fail'], 'faceFrameCustomization', 'strokeDefaultColor'],
  [['faceFrame', 'faceNotReady'], 'faceFrameCustomization', 'strokeDefaultColor'],
  [['centerHint', 'textSize'], 'centerHintCustomization', 'textSize'],
  [['centerHint', 'color'], 'centerHintCustomization', 'textColor'],
  [['centerHint', 'yPosition'], 'centerHintCustomization', 'verticalPosition'],
  [['centerHint', 'fontStyle'], 'centerHintCustomization', 'textStyle'],
  [['backgroundOutsideFrame', 'color'], 'backgroundCustomization', 'backgroundColor'],
];

type Groups = Record<string, Record<string, unknown>>;
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** The whole style; a value of another kind than the default's is passed over. */
export function styleOf(given: Style | undefined): FullStyle {
  const style = JSON.parse(JSON.stringify(STYLE)) as FullStyle;
  const groups = style as unknown as Groups;
  for (const [path, group, key] of HEIRS) {
    let value: unknown = given;
    for (const step of path) value = isObject(value) ? value[step] : undefined;
    put(groups, group, key, value);
  }
  for (const group of Object.keys(STYLE)) {
    const own = given?.[group];
    if (isObject(own)) for (const key of Object.keys(own)) put(groups, group, key, own[key]);
  }
  return style;
}

function put(groups: Groups, group: string, key: string, value: unknown): void {
  const target = groups[group];
  if (target === undefined || !(key in target) || value === undefined || value === null) return;
  const wasText = typeof target[key] === 'string';
  if (wasText && (typeof value === 'string' || typeof value === 'number')) target[key] = String(value);
  if (!wasText && typeof value === typeof target[key]) target[key] = value;
}

/** "56%", "0.56", 0.56 -> 0.56. */
export function shareOf(text: string, fallback = 1): number {
  const number = parseFloat(text);
  if (!Number.isFinite(number)) return fallback;
  const share = text.trim().endsWith('%') || number > 1 ? number / 100 : number;
  return Math.min(1, Math.max(0, share));
}

/** "24" and "24px" -> "24px"; other units stay. */
export const lengthOf = (text: string): string => (/^-?[\d.]+$/.test(text.trim()) ? `${text.trim()}px` : text.trim());

type Rgb = [number, number, number];

export function rgbOf(colour: string): Rgb | null {
  const hex = /^#([\da-f]{3}|[\da-f]{6})$/i.exec(colour.trim())?.[1];
  if (hex !== undefined) {
    const full = hex.length === 3 ? [...hex].map((digit) => digit + digit).join('') : hex;
    return [0, 2, 4].map((from) => parseInt(full.slice(from, from + 2), 16)) as Rgb;
  }
  const parts = /^rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)/i.exec(colour.trim());
  return parts ? [Number(parts[1]), Number(parts[2]), Number(parts[3])] : null;
}

/** Relative luminance, WCAG 2.2. */
function luminance([r, g, b]: Rgb): number {
  const [lr, lg, lb] = [r, g, b].map((value) => {
    const share = value / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * lr + 0.7152 * lg + 0.0722 * lb;
}

export function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const hexOf = (rgb: Rgb): string => '#' + rgb.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('');

/**
 * The colour itself, deepened towards black (or, on dark, lightened towards white) until it stands out from `against` by
 * 4.5 to 1 as WCAG asks of small text. The hues of the defaults are the brand's; as text they alone would be too faint.
 */
export function legible(colour: string, against: string, least = 4.5): string {
  const from = rgbOf(colour), ground = rgbOf(against);
  if (from === null || ground === null || contrast(from, ground) >= least) return colour;
  const to: Rgb = luminance(ground) > 0.18 ? [0, 0, 0] : [255, 255, 255];
  for (let step = 1; step <= 20; ++step) {
    const mixed = from.map((value, i) => value + ((to[i] ?? 0) - value) * (step / 20)) as Rgb;
    if (contrast(mixed, ground) >= least) return hexOf(mixed);
  }
  return hexOf(to);
}

export const isDark = (colour: string): boolean => {
  const rgb = rgbOf(colour);
  return rgb !== null && luminance(rgb) < 0.18;
};
