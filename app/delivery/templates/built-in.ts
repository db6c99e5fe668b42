import type {LocaleTexts} from './locale-texts.ts';
import {ar} from './locales/ar.ts';
import {de} from './locales/de.ts';
import {en} from './locales/en.ts';
import {es} from './locales/es.ts';
import {fr} from './locales/fr.ts';
import {he} from './locales/he.ts';
import {it} from './locales/it.ts';
import {nl} from './locales/nl.ts';
import {pl} from './locales/pl.ts';
import {pt} from './locales/pt.ts';

/** The languages that the service speaks by itself, by their tag. */
export const builtIn: Readonly<Record<string, LocaleTexts>> = {en, de, fr, es, it, pt, nl, pl, ar, he};
