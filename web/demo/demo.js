// The demo page: options from the form, callbacks into the list.
const ACTIONS = {
  video_selfie_blank: 'Look', video_selfie_best: 'Best shot', video_selfie_scan: 'Keep looking', video_selfie_smile: 'Smile',
  video_selfie_eyes: 'Blink', video_selfie_left: 'Turn left', video_selfie_right: 'Turn right', video_selfie_high: 'Tilt up',
  video_selfie_down: 'Tilt down', photo_id_front: 'Document, front', photo_id_back: 'Document, back',
};
const find = (id) => document.getElementById(id);

function element(tag, text) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  return made;
}

function heard(name, value) {
  const line = element('li');
  line.append(element('b', name));
  const told = element('div');
  const { best_frame: best, frame_list: frames, best_frame_png: png, additional_info: info, ...rest } = value?.from_virtual_camera ?? value ?? {};
  if (best) {
    const picture = element('img');
    picture.src = best;
    picture.alt = 'The best frame';
    told.append(picture);
  }
  const shown = frames ? { action: value.action, frames: frames.length, virtual_camera: value.from_virtual_camera !== null } : rest;
  if (value !== undefined) told.append(element('pre', JSON.stringify(shown, null, 1)));
  line.append(told);
  find('log').append(line);
}

function options() {
  const chosen = [...document.querySelectorAll('#actions input:checked')].map((input) => input.value);
  const given = {
    action: chosen, lang: find('lang').value, cameraFacingMode: find('facing').value, meta: { page: 'demo' },
    style: { faceFrameCustomization: { geometryType: find('shape').value } },
  };
  if (find('token').value !== '') given.token = find('token').value;
  for (const name of ['on_submit', 'on_capture_complete', 'on_result', 'on_complete', 'on_error', 'on_close']) {
    given[name] = (value) => heard(name, value);
  }
  return given;
}

for (const [value, text] of Object.entries(ACTIONS)) {
  const input = element('input');
  Object.assign(input, { type: 'checkbox', value, checked: value === 'video_selfie_blank' });
  const label = element('label');
  label.append(input, text);
  find('actions').append(label);
}
for (const id of window.OzLiveness.get_langs()) find('lang').append(element('option', id));
find('form').addEventListener('submit', (event) => {
  event.preventDefault();
  find('log').replaceChildren();
  window.OzLiveness.open(options());
});
