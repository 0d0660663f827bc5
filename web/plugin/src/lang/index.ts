// The languages: four of our own and those a page adds. A key missing in one is said in English.
import type { Strings } from '../types';
import { en, type Key } from './en';
import { es } from './es';
import { kz } from './kz';
import { ptBr } from './pt-br';

export type { Key };
export type Say = (key: Key) => string;

const ALIASES: Record<string, string> = { pt: 'pt-br', kk: 'kz' };
const RIGHT_TO_LEFT = new Set(['ar', 'he', 'fa', 'ur', 'ps', 'sd', 'ug', 'yi', 'ckb', 'dv']);
/** The tag by which browsers and screen readers know a language, where ours differs. */
const TAGS: Record<string, string> = { kz: 'kk', 'pt-br': 'pt-BR' };

const packs = new Map<string, Strings>([['en', en], ['es', es], ['pt-br', ptBr], ['kz', kz]]);

const normal = (id: string): string => id.trim().toLowerCase().replace('_', '-');

export function addLang(id: string, strings: Strings): void {
  packs.set(normal(id), { ...packs.get(normal(id)), ...strings });
}

export const langs = (): string[] => [...packs.keys()];

/** The id of a language that is there, or null. `kk` and `pt` are other names; `es-MX` is served by `es`. */
export function known(id: string): string | null {
  const name = normal(id);
  for (const candidate of [name, ALIASES[name], name.split('-')[0] ?? '', ALIASES[name.split('-')[0] ?? '']]) {
    if (candidate !== undefined && packs.has(candidate)) return candidate;
  }
  return null;
}

/** The first of the browser's languages that is there; English otherwise. */
export function preferred(wanted: readonly string[]): string {
  for (const id of wanted) {
    const found = known(id);
    if (found !== null) return found;
  }
  return 'en';
}

export function speaker(id: string): Say {
  const strings = packs.get(id);
  return (key) => {
    const own = strings?.[key];
    return typeof own === 'string' && own !== '' ? own : en[key];
  };
}

export const tagOf = (id: string): string => TAGS[id] ?? id;
export const directionOf = (id: string): 'ltr' | 'rtl' => (RIGHT_TO_LEFT.has(id.split('-')[0] ?? '') ? 'rtl' : 'ltr');
