// The plugin as a script for pages: the global object, by each name that pages have used.
import { preinit } from './assets';
import { OzLiveness } from './index';

for (const name of ['OzLiveness', 'ozLiveness', 'OZLiveness', 'Ozliveness']) {
  (window as unknown as Record<string, unknown>)[name] = OzLiveness;
}
preinit();
