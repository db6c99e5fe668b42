/** The channels that carry words. */
export const templateChannels = ['sms', 'email', 'voice', 'whatsapp'] as const;
export type TemplateChannel = (typeof templateChannels)[number];

/** A mail in an operator's own words. */
export interface OwnMail {
  readonly subject: string;
  readonly text: string;
  /** @default made from `text` */
  readonly html?: string;
  /** Accepts `{code}` in the subject, where locked screens and mail servers' logs show it. */
  readonly codeInSubject: boolean;
}

/** An operator's own words for one policy, by channel and locale. */
export type OwnTexts = Readonly<
  Partial<Record<Exclude<TemplateChannel, 'email'>, Readonly<Record<string, string>>>>
> & {readonly email?: Readonly<Record<string, OwnMail>>};
