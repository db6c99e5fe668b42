import type {LocaleTexts} from '../locale-texts.ts';

// The duration stands behind a colon, where it needs no case.
export const ar: LocaleTexts = {
  name: 'العربية',
  duration: 'long',
  email: {
    subject: 'رمز التحقق الخاص بك',
    text: `رمز التحقق الخاص بك هو:

{code}

مدة الصلاحية: {duration}.

لا تشارك هذا الرمز مع أي شخص، ولن نطلبه منك أبدًا. إذا لم تطلب رمزًا، فيمكنك تجاهل هذه الرسالة.`,
  },
  sms: 'رمز التحقق: {code}. الصلاحية: {duration}. لا تشاركه مع أحد.',
  whatsapp: 'رمز التحقق الخاص بك هو *{code}*. مدة الصلاحية: {duration}. لا تشاركه مع أي شخص.',
  voice: 'مرحبًا. رمز التحقق الخاص بك هو: {code}. أكرر: {code}. مع السلامة.',
};
