import type {LocaleTexts} from '../locale-texts.ts';

export const en: LocaleTexts = {
  name: 'English',
  duration: 'long',
  email: {
    subject: 'Your verification code',
    text: `Your verification code is:

{code}

It is valid for {duration}.

Do not share it with anyone; we will never ask you for it. If you did not request a code, you can ignore this message.`,
  },
  sms: '{code} is your verification code, valid for {duration}. Do not share it with anyone.',
  whatsapp: '*{code}* is your verification code. It is valid for {duration}. Do not share it with anyone.',
  voice: 'Hello. Your verification code is: {code}. Once more, your code is: {code}. Goodbye.',
};
