import type {LocaleTexts} from '../locale-texts.ts';

// French sets a no-break space before a colon. GSM-7 has none: the SMS does without a colon.
export const fr: LocaleTexts = {
  name: 'Français',
  duration: 'long',
  email: {
    subject: 'Votre code de vérification',
    text: `Votre code de vérification\u00a0:

{code}

Il est valable {duration}.

Ne le communiquez à personne\u00a0; nous ne vous le demanderons jamais. Si vous n’avez pas demandé de code, ignorez ce message.`,
  },
  sms: '{code} est votre code de vérification, valable {duration}. Ne le communiquez à personne.',
  whatsapp: '*{code}* est votre code de vérification. Il est valable {duration}. Ne le communiquez à personne.',
  voice: 'Bonjour. Votre code de vérification est\u00a0: {code}. Je répète\u00a0: {code}. Au revoir.',
};
