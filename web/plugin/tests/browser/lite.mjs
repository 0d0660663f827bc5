// A check through an adapter that stands before Lite: judged at once, kept nowhere.
import { equal } from './lib.mjs';
import { demo } from './service.mjs';

export const tests = {
  async selfie({ film, url }) {
    const v = await demo(await film('face'), url);
    await v.start({ action: ['video_selfie_blank'] });
    await v.called('on_complete', 90_000);
    const [result] = await v.values('on_complete');
    equal([result.state, result.analyses.quality.state, ['success', 'declined'].includes(result.analyses.quality.resolution)],
      ['finished', 'finished', true], 'result');
    equal([await v.live(), v.faults], [0, []], 'tracks and errors');
    await v.end();
  },
};
