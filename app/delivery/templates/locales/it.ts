import type {LocaleTexts} from '../locale-texts.ts';

export const it: LocaleTexts = {
  name: 'Italiano',
  duration: 'long',
  email: {
    subject: 'Il tuo codice di verifica',
    text: `Il tuo codice di verifica è:

{code}

È valido per {duration}.

Non comunicarlo a nessuno: non te lo chiederemo mai. Se non hai richiesto alcun codice, puoi ignorare questo messaggio.`,
  },
  sms: '{code} è il tuo codice di verifica. Scade tra {duration}. Non comunicarlo a nessuno.',
  whatsapp: '*{code}* è il tuo codice di verifica. Scade tra {duration}. Non comunicarlo a nessuno.',
  voice: 'Salve. Il tuo codice di verifica è: {code}. Ripeto: {code}. Arrivederci.',
};
