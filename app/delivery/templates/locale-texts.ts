/** The service's own words in one language. Templates: `template.ts` reads them, `variables.ts` says what they may hold. */
export interface LocaleTexts {
  /** What the language calls itself. */
  readonly name: string;
  /** How `{duration}` is written: `5 minutes`, or `5 min` where the sentence would have to decline the noun. */
  readonly duration: 'long' | 'short';
  /** Paragraphs with an empty line between them; the one that is the code alone is set large. */
  readonly email: {readonly subject: string; readonly text: string};
  /** One segment of 160 GSM-7 characters (70 in other scripts): without the letters that GSM-7 lacks, where it can be. */
  readonly sms: string;
  /** WhatsApp sets in bold what stands between asterisks. */
  readonly whatsapp: string;
  /** The code twice: who listens has to write it down. */
  readonly voice: string;
}
