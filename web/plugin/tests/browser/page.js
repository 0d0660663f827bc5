// What the tests ask the page: every track that was ever given, every callback in order.
window.tracks = [];
window.calls = [];
window.violations = [];
window.asked = 0;
document.addEventListener('securitypolicyviolation', (event) => window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
if (navigator.mediaDevices) {
  // On the prototype, so that the page's own watching does not look like a page that tampers with its instance.
  const ask = MediaDevices.prototype.getUserMedia;
  MediaDevices.prototype.getUserMedia = function getUserMedia(...wishes) {
    window.asked += 1;
    return ask.apply(this, wishes).then((stream) => {
      window.tracks.push(...stream.getTracks());
      return stream;
    });
  };
}
window.live = () => window.tracks.filter((track) => track.readyState === 'live').length;
window.start = (options) => {
  const callbacks = {};
  for (const name of ['on_submit', 'on_capture_complete', 'on_result', 'on_complete', 'on_error', 'on_close']) {
    callbacks[name] = (value) => window.calls.push({ name, value });
  }
  window.OzLiveness.open({ ...callbacks, ...options });
};
