// The style as custom properties of the element.
import { isDark, legible, lengthOf, shareOf, STYLE, type FontStyle, type FullStyle } from './style';

/** A default is made readable against its ground; a colour that the page chose is the page's. */
function readable(own: string, standard: string, against: string): string {
  return own.toLowerCase() === standard.toLowerCase() ? legible(own, against) : own;
}

const percent = (text: string): string => `${Math.round(shareOf(text) * 1000) / 10}%`;

// "inherit" cannot stand in a font shorthand; the window's own font is what it means.
function font(name: string, style: FontStyle): [string, string][] {
  return [
    [`--${name}-font`, style.textFont.trim() === 'inherit' ? 'var(--base-font)' : style.textFont], [`--${name}-size`, lengthOf(style.textSize)],
    [`--${name}-weight`, style.textWeight], [`--${name}-style`, style.textStyle],
  ];
}

export function propertiesOf(style: FullStyle): [string, string][] {
  const { baseColorCustomization: base, buttonCustomization: button, faceFrameCustomization: face } = style;
  const { centerHintCustomization: hint, hintAnimation: motion, documentFrameCustomization: doc } = style;
  const { backgroundCustomization: ground, antiscamCustomization: scam, versionTextCustomization: version } = style;
  const standard = STYLE.buttonCustomization;
  return [
    ['--text', base.textColorPrimary], ['--ground', base.backgroundColorPrimary],
    ['--text-2', readable(base.textColorSecondary, STYLE.baseColorCustomization.textColorSecondary, base.backgroundColorPrimary)],
    ['--ground-2', base.backgroundColorSecondary],
    ['--icon', readable(base.iconColor, STYLE.baseColorCustomization.iconColor, base.backgroundColorPrimary)],
    ['--line', isDark(base.backgroundColorPrimary) ? 'rgba(255,255,255,.16)' : 'rgba(0,0,0,.08)'],
    ...font('base', style.baseFontCustomization), ...font('title', style.titleFontCustomization), ...font('button', button),
    ['--button-text', button.textColorPrimary],
    ['--button-ground', readable(button.backgroundColorPrimary, standard.backgroundColorPrimary, button.textColorPrimary)],
    ['--button-text-2', readable(button.textColorSecondary, standard.textColorSecondary, button.backgroundColorSecondary)],
    ['--button-ground-2', button.backgroundColorSecondary], ['--button-radius', lengthOf(button.cornerRadius)],
    ['--close', style.toolbarCustomization.iconColor],
    ...font('hint', hint), ['--hint-text', hint.textColor], ['--hint-ground', hint.backgroundColor],
    ['--hint-opacity', percent(hint.backgroundOpacity)], ['--hint-radius', lengthOf(hint.backgroundCornerRadius)],
    ['--hint-top', percent(hint.verticalPosition)],
    ['--motion', motion.hintGradientColor], ['--motion-opacity', percent(motion.hintGradientOpacity)],
    ['--motion-size', lengthOf(motion.animationIconSize)],
    ['--stroke', face.strokeDefaultColor], ['--stroke-in', face.strokeFaceInFrameColor],
    ['--stroke-opacity', percent(face.strokeOpacity)], ['--stroke-width', lengthOf(face.strokeWidth)],
    ['--doc', doc.templateColor], ['--doc-opacity', percent(doc.templateOpacity)],
    ['--outside', ground.backgroundColor], ['--outside-opacity', percent(ground.backgroundOpacity)],
    ...font('scam', scam), ['--scam-text', scam.textColor], ['--scam-text-opacity', percent(scam.textOpacity)],
    ['--scam-ground', scam.backgroundColor], ['--scam-opacity', percent(scam.backgroundOpacity)],
    ['--scam-radius', lengthOf(scam.backgroundCornerRadius)], ['--scam-flash', scam.flashColor],
    ...font('version', version), ['--version-text', version.textColor], ['--version-opacity', percent(version.textOpacity)],
  ];
}
