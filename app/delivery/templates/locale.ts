import {lookup} from 'bcp-47-match';

/**
 * The language to write in: the first of `wanted` that there is, each range cut from its end until something fits
 * (`de-CH-1901` → `de-CH` → `de`; RFC 4647 §3.4), else `fallback`.
 */
export function chooseLocale(available: readonly string[], wanted: readonly string[], fallback: string): string {
  // The package takes the first tag that any cut of a range fits: the longest cut, which comes first, has the longest tag.
  const longestFirst = available.toSorted((a, b) => b.length - a.length);
  return lookup(longestFirst, wanted.map(canonicalTag)) ?? fallback;
}

/** A tag as BCP 47 writes it now (`iw` is `he`); what is no tag stays as it is. */
function canonicalTag(tag: string): string {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? tag;
  } catch {
    return tag;
  }
}

export function directionOf(locale: string): 'ltr' | 'rtl' {
  return new Intl.Locale(locale).getTextInfo().direction === 'rtl' ? 'rtl' : 'ltr';
}

const formats = new Map<string, Intl.NumberFormat>();

/** A time in words, in whole hours, minutes or seconds; rather a little short than promising too much. */
export function durationIn(locale: string, seconds: number, style: 'long' | 'short'): string {
  const [unit, count] =
    seconds >= 7200
      ? (['hour', Math.floor(seconds / 3600)] as const)
      : seconds >= 60
        ? (['minute', Math.floor(seconds / 60)] as const)
        : (['second', seconds] as const);
  const name = `${locale} ${unit} ${style}`;
  // Making one takes longer than writing the whole message. Latin digits in every language: the code has them too.
  const format =
    formats.get(name) ??
    new Intl.NumberFormat(locale, {style: 'unit', unit, unitDisplay: style, numberingSystem: 'latn'});
  formats.set(name, format);
  // A no-break space is not in GSM-7. An abbreviation brings no full stop: it may stand at the end of a sentence.
  return format
    .format(count)
    .replace(/[\u00a0\u202f]/g, ' ')
    .replace(/\.$/, '');
}
