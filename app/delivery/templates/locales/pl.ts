import type {LocaleTexts} from '../locale-texts.ts';

// "za" asks for the accusative: the abbreviation has one form for all. The SMS is made of words that need none of the
// Polish letters, which GSM-7 lacks.
export const pl: LocaleTexts = {
  name: 'Polski',
  duration: 'short',
  email: {
    subject: 'Twój kod weryfikacyjny',
    text: `Twój kod weryfikacyjny:

{code}

Kod wygasa za {duration}.

Nie podawaj go nikomu – nigdy o niego nie zapytamy. Jeśli prośba o kod nie pochodzi od Ciebie, zignoruj tę wiadomość.`,
  },
  sms: 'Kod weryfikacyjny: {code}. Wygasa za {duration}. Nikomu go nie podawaj.',
  whatsapp: 'Twój kod weryfikacyjny: *{code}*. Wygasa za {duration}. Nie podawaj go nikomu.',
  voice: 'Dzień dobry. Twój kod weryfikacyjny to: {code}. Powtarzam: {code}. Do widzenia.',
};
