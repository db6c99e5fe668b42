import type {LocaleTexts} from '../locale-texts.ts';

export const he: LocaleTexts = {
  name: 'עברית',
  duration: 'long',
  email: {
    subject: 'קוד האימות שלך',
    text: `קוד האימות שלך הוא:

{code}

הקוד תקף למשך {duration}.

אין למסור את הקוד לאיש; לעולם לא נבקש אותו ממך. אם לא ביקשת קוד, אפשר להתעלם מהודעה זו.`,
  },
  sms: 'קוד האימות שלך: {code}. תוקף: {duration}. אין למסור אותו לאיש.',
  whatsapp: 'קוד האימות שלך: *{code}*. הוא תקף למשך {duration}. אין למסור אותו לאיש.',
  voice: 'שלום. קוד האימות שלך הוא: {code}. ושוב, הקוד הוא: {code}. להתראות.',
};
