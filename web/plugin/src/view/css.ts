// The style sheet of the shadow root. Lengths and colours that a page may set are custom properties (theme.ts).
export const CSS = `
:host{all:initial;position:fixed;inset:0;top:0;left:0;right:0;bottom:0;z-index:2147483000;display:block;
 -webkit-tap-highlight-color:transparent;color-scheme:light}
:host([hidden]){display:none!important}
*,*::before,*::after{box-sizing:border-box}
[hidden]{display:none!important}
.scrim{position:absolute;top:0;left:0;right:0;bottom:0;overflow:hidden}
.scrim::before{content:'';position:absolute;top:0;left:0;right:0;bottom:0;background:var(--outside);opacity:var(--outside-opacity)}
.scrim{animation:in .2s ease-out}
.window{position:absolute;top:0;left:0;right:0;bottom:0;display:flex;flex-direction:column;overflow:hidden;outline:none;
 background:var(--ground);color:var(--text);font:var(--base-style) var(--base-weight) var(--base-size)/1.45 var(--base-font);
 text-align:start}
.bar{position:absolute;z-index:5;top:0;right:0;padding:6px 8px;padding:max(6px,env(safe-area-inset-top)) 8px 6px}
[dir=rtl] .bar{right:auto;left:0}
.body{position:relative;flex:1;min-height:0;display:flex;flex-direction:column}
button,select{font:inherit;color:inherit;margin:0}
button{cursor:pointer;border:0;background:none;touch-action:manipulation}
button:focus-visible,select:focus-visible,.tool:focus-within{outline:3px solid var(--icon);outline-offset:2px}
.close{display:grid;place-items:center;width:44px;height:44px;border-radius:50%;color:var(--close);transition:background .15s}
.close:hover{background:var(--ground-2)}
.panel{flex:1;min-height:0;overflow:auto;display:flex;flex-direction:column;padding:60px 24px 32px}
.panel>div{margin:auto;width:100%;max-width:440px;display:flex;flex-direction:column;align-items:center;text-align:center;
 gap:16px;animation:rise .28s cubic-bezier(.2,.8,.2,1)}
h2{margin:8px 0 0;font:var(--title-style) var(--title-weight) var(--title-size)/1.15 var(--title-font);
 font-size:min(var(--title-size),8.4vw);letter-spacing:-.015em;text-wrap:balance;overflow-wrap:anywhere}
h2,p{max-width:100%}
h2.less{font-size:min(var(--title-size),24px)}
p{margin:0;color:var(--text-2);text-wrap:pretty}
ol{margin:0;padding:0;list-style:none;counter-reset:step;display:flex;flex-direction:column;gap:12px;width:100%;text-align:start}
li{counter-increment:step;display:flex;gap:12px;align-items:flex-start;background:var(--ground-2);border-radius:14px;padding:14px 16px}
li::before{content:counter(step);flex:none;width:24px;height:24px;border-radius:50%;display:grid;place-items:center;
 font-size:13px;line-height:1;background:var(--button-ground);color:var(--button-text)}
.actions{display:flex;flex-direction:column;gap:12px;width:100%;margin-top:12px}
.go,.also{min-height:52px;padding:12px 24px;border-radius:var(--button-radius);width:100%;transition:filter .15s,transform .1s;
 font:var(--button-style) var(--button-weight) var(--button-size)/1.3 var(--button-font)}
.go{background:var(--button-ground);color:var(--button-text)}
.also{background:var(--button-ground-2);color:var(--button-text-2)}
.go:hover,.also:hover{filter:brightness(.95)}
.go:active,.also:active{transform:scale(.985)}
.big{display:block;width:96px;height:96px;color:var(--icon)}
.big .disc{fill:currentColor;opacity:.12}
.bad .big{color:#c6281d}.good .big{color:#12805c}
.draw{stroke-dasharray:1;stroke-dashoffset:0;animation:draw .5s .1s ease-out backwards}
.spinner .track{fill:none;stroke:var(--ground-2);stroke-width:6}
.spinner .arc{fill:none;stroke:var(--icon);stroke-width:6;stroke-linecap:round;stroke-dasharray:28 100;transform-origin:50% 50%;
 animation:spin 1s linear infinite}
.progress{width:100%;height:8px;border-radius:4px;background:var(--ground-2);overflow:hidden}
.progress i{display:block;height:100%;width:100%;border-radius:4px;background:var(--icon);transform:scaleX(0);
 transform-origin:left;transition:transform .25s ease-out}
[dir=rtl] .progress i{transform-origin:right}
.preview{width:100%;max-height:52vh;object-fit:contain;border-radius:16px;background:var(--ground-2)}
.version{position:absolute;z-index:2;bottom:8px;left:16px;bottom:max(8px,env(safe-area-inset-bottom));pointer-events:none;
 color:var(--version-text);opacity:var(--version-opacity);
 font:var(--version-style) var(--version-weight) min(var(--version-size),12px)/1.3 var(--version-font)}
.stage{position:relative;flex:1;min-height:0;overflow:hidden;background:var(--outside)}
.stage video,.stage canvas,.stage>svg{position:absolute;top:0;left:0;width:100%;height:100%}
.stage video{object-fit:cover;opacity:0;transition:opacity .25s}
.stage.behind{position:absolute;top:0;left:0;right:0;bottom:0;visibility:hidden}
.stage.on video{opacity:1}
.above{will-change:transform}
.mirrored video{transform:scaleX(-1)}
.outside{fill:var(--outside);fill-opacity:var(--outside-opacity)}
.frame{fill:none;stroke:var(--stroke);stroke-width:var(--stroke-width);stroke-opacity:var(--stroke-opacity);transition:stroke .2s}
.well .frame{stroke:var(--stroke-in)}
.ring{opacity:0;fill:none;stroke:var(--stroke-in);stroke-width:calc(var(--stroke-width) + 2px);stroke-linecap:round;stroke-dasharray:100;
 stroke-dashoffset:100}
.ring.run{opacity:1;animation:fill var(--run) linear forwards}
.document .frame{stroke:var(--doc);stroke-opacity:var(--doc-opacity);stroke-width:4px;filter:drop-shadow(0 0 2px rgba(0,0,0,.5))}
.pattern{fill:none;stroke:var(--doc);stroke-opacity:var(--doc-opacity);stroke-width:2.5;opacity:.75;
 filter:drop-shadow(0 0 2px rgba(0,0,0,.5))}
.hint{position:absolute;z-index:2;top:var(--hint-top);left:50%;transform:translate(-50%,-50%);width:-webkit-max-content;width:max-content;
 max-width:min(88%,620px);padding:10px 20px;border-radius:var(--hint-radius);color:var(--hint-text);text-align:center;text-wrap:balance;
 font:var(--hint-style) var(--hint-weight) var(--hint-size)/1.25 var(--hint-font);font-size:min(var(--hint-size),5.4vw);isolation:isolate;transition:opacity .15s}
.hint::before{content:'';position:absolute;z-index:-1;top:0;left:0;right:0;bottom:0;border-radius:inherit;
 background:var(--hint-ground);opacity:var(--hint-opacity)}
.document .hint{top:10%}
.sign{position:absolute;z-index:2;width:var(--motion-size);height:var(--motion-size);transform:translate(-50%,-50%);
 color:var(--motion);opacity:var(--motion-opacity)}
.gesture{display:block;width:100%;height:100%;overflow:visible}
.ink-from{stop-color:var(--motion)}.ink-to{stop-color:var(--motion);stop-opacity:.55}
.dot{fill:currentColor}
.mouth.wide{opacity:0}
.smile .mouth.wide{opacity:1}.smile .mouth.calm{opacity:0}
.foot{position:absolute;z-index:2;left:0;right:0;bottom:0;display:flex;align-items:center;justify-content:center;gap:28px;
 padding:16px 20px 28px;padding-bottom:max(24px,env(safe-area-inset-bottom))}
.shutter{width:76px;height:76px;border-radius:50%;background:var(--button-ground);border:5px solid var(--ground);
 box-shadow:0 0 0 3px var(--button-ground),0 6px 24px rgba(0,0,0,.18);color:var(--button-text);display:grid;place-items:center;
 transition:transform .1s}
.shutter:active{transform:scale(.94)}
.tool{position:relative;display:grid;place-items:center;width:52px;height:52px;border-radius:50%;background:var(--ground);
 color:var(--icon);box-shadow:0 2px 12px rgba(0,0,0,.14)}
.foot .tool{position:absolute;left:calc(50% - 118px)}
[dir=rtl] .foot .tool{left:auto;right:calc(50% - 118px)}
.tool select{position:absolute;top:0;left:0;width:100%;height:100%;opacity:0;cursor:pointer;font-size:16px}
.tool input{display:none}
.stage .cameras{position:absolute;z-index:2;right:16px;bottom:16px}
[dir=rtl] .stage .cameras{right:auto;left:16px}
.scam{position:absolute;z-index:2;top:64px;left:50%;transform:translateX(-50%);display:flex;align-items:center;gap:10px;
 width:-webkit-max-content;width:max-content;max-width:92%;padding:10px 18px;color:var(--scam-text);isolation:isolate;
 font:var(--scam-style) var(--scam-weight) var(--scam-size)/1.35 var(--scam-font)}
.scam::before{content:'';position:absolute;z-index:-1;top:0;left:0;right:0;bottom:0;border-radius:var(--scam-radius);
 background:var(--scam-ground);opacity:var(--scam-opacity)}
.scam span{opacity:var(--scam-text-opacity)}
.scam i{flex:none;width:10px;height:10px;border-radius:50%;background:var(--scam-flash);animation:flash 1.4s ease-in-out infinite}
.cover{position:absolute;z-index:4;top:0;left:0;right:0;bottom:0;display:flex;flex-direction:column;align-items:center;
 justify-content:center;gap:16px;padding:24px;text-align:center;background:var(--ground);color:var(--text)}
.cover .turn{animation:turn 2.4s ease-in-out infinite}
.said{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (min-width:600px) and (min-height:560px){
 .window{top:50%;left:50%;right:auto;bottom:auto;transform:translate(-50%,-50%);width:min(92vw,760px);height:min(92vh,720px);
  border-radius:24px;box-shadow:0 1px 2px rgba(0,0,0,.08),0 24px 80px rgba(0,0,0,.22)}
 .window.tall{width:min(92vw,640px);height:min(92vh,880px)}
 .actions{flex-direction:row-reverse;justify-content:center}
 .go,.also{width:auto;min-width:180px}
}
@media (hover:none){.close:hover{background:none}}
@keyframes in{from{opacity:0}}
@keyframes rise{from{opacity:0;transform:translateY(8px)}}
@keyframes draw{from{stroke-dashoffset:1}}
@keyframes spin{to{transform:rotate(360deg)}}
@keyframes fill{to{stroke-dashoffset:0}}
@keyframes flash{50%{opacity:.25}}
@keyframes turn{0%,30%{transform:rotate(-90deg)}60%,100%{transform:rotate(0)}}
@keyframes left{0%,20%{transform:none}60%,80%{transform:translateX(-9px)}}
@keyframes right{0%,20%{transform:none}60%,80%{transform:translateX(9px)}}
@keyframes high{0%,20%{transform:none}60%,80%{transform:translateY(-9px)}}
@keyframes down{0%,20%{transform:none}60%,80%{transform:translateY(9px)}}
@keyframes blink{0%,60%,100%{transform:none}75%,85%{transform:scaleY(.1)}}
@keyframes ray{0%{transform:translateY(-24px)}50%{transform:translateY(24px)}100%{transform:translateY(-24px)}}
@media (prefers-reduced-motion:no-preference){
 .left .features{animation:left 1.8s ease-in-out infinite}
 .right .features{animation:right 1.8s ease-in-out infinite}
 .high .features{animation:high 1.8s ease-in-out infinite}
 .down .features{animation:down 1.8s ease-in-out infinite}
 .gesture.eyes .features .eyes{animation:blink 1.8s ease-in-out infinite;transform-origin:40px 35px}
 .ray{animation:ray 2.4s ease-in-out infinite}
}
@media (prefers-reduced-motion:reduce){
 .scrim,.panel>div,.draw,.scam i,.cover .turn{animation:none}
 .spinner .arc{animation-duration:3s}
 .stage video,.hint,.progress i{transition:none}
}
@media (forced-colors:active){.go,.also,.close,.tool,.shutter{border:1px solid ButtonText}}
`;

/**
 * Puts the sheet into a shadow root in a way that a strict Content-Security-Policy allows: as a constructed sheet, or,
 * where the browser has none, rule by rule.
 */
export function adopt(root: ShadowRoot): void {
  if ('adoptedStyleSheets' in root && typeof CSSStyleSheet.prototype.replaceSync === 'function') {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    root.adoptedStyleSheets = [sheet];
    return;
  }
  const element = document.createElement('style');
  root.append(element);
  for (const rule of rulesOf(CSS)) {
    try {
      element.sheet?.insertRule(rule, element.sheet.cssRules.length);
    } catch {
      // A rule that this browser does not know is one it can do without.
    }
  }
}

/** Top-level rules of a sheet, blocks and all. */
export function rulesOf(css: string): string[] {
  const rules: string[] = [];
  let depth = 0, from = 0;
  for (let i = 0; i < css.length; ++i) {
    if (css[i] === '{') depth += 1;
    else if (css[i] === '}' && --depth === 0) {
      rules.push(css.slice(from, i + 1).trim());
      from = i + 1;
    }
  }
  return rules;
}
