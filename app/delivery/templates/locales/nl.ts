import type {LocaleTexts} from '../locale-texts.ts';

export const nl: LocaleTexts = {
  name: 'Nederlands',
  duration: 'long',
  email: {
    subject: 'Uw verificatiecode',
    text: `Uw verificatiecode is:

{code}

De code is {duration} geldig.

Deel de code met niemand; wij zullen er nooit om vragen. Hebt u geen code aangevraagd, dan kunt u dit bericht negeren.`,
  },
  sms: '{code} is uw verificatiecode, {duration} geldig. Deel de code met niemand.',
  whatsapp: '*{code}* is uw verificatiecode. De code is {duration} geldig. Deel de code met niemand.',
  voice: 'Hallo. Uw verificatiecode is: {code}. Ik herhaal: {code}. Tot ziens.',
};
