import {Type} from 'typebox';

/** The shape of `templates` in the configuration file, and of what a policy says about its messages. */

const closed = {additionalProperties: false} as const;
const maxTextLength = 2000;
const maxHtmlLength = 65_536;

/** A map from language tags to texts; what is no tag is refused later, by name. */
const localized = <T extends Parameters<typeof Type.Record>[1]>(text: T, description: string) =>
  Type.Optional(Type.Record(Type.String({pattern: '^.{1,35}$'}), text, {...closed, minProperties: 1, description}));
const text = Type.String({minLength: 1, maxLength: maxTextLength, description: 'a template'});

const mail = Type.Object(
  {
    subject: Type.String({minLength: 1, maxLength: 200, description: 'one line'}),
    text: Type.String({
      minLength: 1,
      maxLength: maxTextLength,
      description: 'the plain text; paragraphs have an empty line between them',
    }),
    html: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: maxHtmlLength,
        description: 'a whole web page that says the same; without it, one is made of the text',
      }),
    ),
    codeInSubject: Type.Boolean({
      default: false,
      description: 'accepts `{code}` in the subject, which locked screens and logs of mail servers show',
    }),
  },
  {...closed, description: 'a mail'},
);

/** Own words for one policy. */
export const ownTexts = Type.Object(
  {
    sms: localized(text, 'texts by language tag; more than one segment, and letters that GSM-7 lacks, give a warning'),
    email: localized(mail, 'mails by language tag'),
    voice: localized(text, 'what is spoken, by language tag'),
    whatsapp: localized(text, 'texts by language tag'),
  },
  closed,
);

/** What a policy says about its messages. */
export const policyTexts = {
  locale: Type.String({
    pattern: '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$',
    default: 'en',
    description: 'a language tag (BCP 47): the language of messages where there is none that the caller asks for',
  }),
  brand: Type.Optional(
    Type.String({
      pattern: '^[^\\p{C}\\p{Zl}\\p{Zp}]{1,64}$',
      description: 'whose code it is, as people know it: 1 to 64 characters without control and formatting characters',
    }),
  ),
  webOtpHost: Type.Optional(
    Type.String({
      pattern: '^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$',
      description:
        'the host of the web site that the code is for, such as login.example.com: ends every SMS with the line `@HOST #CODE`, by which browsers fill the code in there and nowhere else',
    }),
  ),
  requiredBinding: Type.Array(Type.String({pattern: '^[A-Za-z][A-Za-z0-9_]{0,31}$', description: 'a name'}), {
    uniqueItems: true,
    maxItems: 8,
    default: [],
    description:
      'names that the `binding` of every creation has to have; templates show their values as `{binding.NAME}`',
  }),
};
