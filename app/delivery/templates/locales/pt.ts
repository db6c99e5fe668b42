import type {LocaleTexts} from '../locale-texts.ts';

// Words that Brazil and Portugal share. GSM-7 has no ó and no ã: the SMS calls the code a "chave".
export const pt: LocaleTexts = {
  name: 'Português',
  duration: 'long',
  email: {
    subject: 'O seu código de verificação',
    text: `O seu código de verificação é:

{code}

É válido por {duration}.

Não o revele a ninguém; nunca pediremos este código. Se não pediu nenhum código, pode ignorar esta mensagem.`,
  },
  sms: '{code} é a sua chave de acesso. Expira em {duration}. Nunca a revele a ninguém.',
  whatsapp: '*{code}* é o seu código de verificação. Expira em {duration}. Não o revele a ninguém.',
  voice: 'Olá. O seu código de verificação é: {code}. Repito: {code}. Obrigado.',
};
