import type {LocaleTexts} from '../locale-texts.ts';

// GSM-7 has no ó: the SMS calls the code a "clave".
export const es: LocaleTexts = {
  name: 'Español',
  duration: 'long',
  email: {
    subject: 'Su código de verificación',
    text: `Su código de verificación es:

{code}

Es válido durante {duration}.

No lo comparta con nadie; nunca se lo pediremos. Si no ha solicitado ningún código, puede ignorar este mensaje.`,
  },
  sms: '{code} es su clave de un solo uso. Caduca en {duration}. No la comparta con nadie.',
  whatsapp: '*{code}* es su código de verificación. Caduca en {duration}. No lo comparta con nadie.',
  voice: 'Hola. Su código de verificación es: {code}. Repito: {code}. Adiós.',
};
