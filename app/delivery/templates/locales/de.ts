import type {LocaleTexts} from '../locale-texts.ts';

export const de: LocaleTexts = {
  name: 'Deutsch',
  duration: 'long',
  email: {
    subject: 'Ihr Bestätigungscode',
    text: `Ihr Bestätigungscode lautet:

{code}

Er ist {duration} gültig.

Geben Sie ihn an niemanden weiter; wir werden Sie nie danach fragen. Wenn Sie keinen Code angefordert haben, können Sie diese Nachricht ignorieren.`,
  },
  sms: '{code} ist Ihr Bestätigungscode, {duration} gültig. Geben Sie ihn an niemanden weiter.',
  whatsapp: '*{code}* ist Ihr Bestätigungscode. Er ist {duration} gültig. Geben Sie ihn an niemanden weiter.',
  voice: 'Guten Tag. Ihr Bestätigungscode lautet: {code}. Ich wiederhole: {code}. Auf Wiederhören.',
};
