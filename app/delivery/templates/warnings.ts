import type {CompiledMessage} from './compile.ts';
import {renderMessage} from './render.ts';
import {sampleValues} from './samples.ts';
import type {SmsSegments} from './sms-segments.ts';
import {variablesOf} from './template.ts';
import type {PolicyTexts, Templates} from './templates.ts';

/** What is valid but costs money or leaves something out, in sentences for the operator. */
export async function warningsOf(templates: Templates): Promise<string[]> {
  const count = await counter(templates);
  return templates.policies.flatMap((policy) =>
    policy.channels.flatMap((channel) => {
      const messages = [...(templates.messagesOf(policy).get(channel) ?? [])];
      return [
        ...(channel === 'sms' && count !== undefined ? messages.flatMap((each) => costly(policy, ...each, count)) : []),
        ...policy.requiredBinding.flatMap((name) => hidden(name, `${policy.name}.${channel}`, messages)),
      ];
    }),
  );
}

/** What the service says by itself takes one segment, unless a brand or a host comes with it. */
function isMade({brand, webOtpHost, own}: PolicyTexts): boolean {
  return brand !== undefined || webOtpHost !== undefined || own.sms !== undefined;
}

/** Counts segments; undefined where there is nothing to count, which spares a start the tables of GSM-7. */
async function counter({policies}: Templates): Promise<((text: string) => SmsSegments) | undefined> {
  if (!policies.some(isMade)) return undefined;
  const {segmentsOf} = await import('./sms-segments.ts');
  // Counting takes milliseconds a text, and policies of one brand say the same.
  const counted = new Map<string, SmsSegments>();
  return (text) => {
    const segments = counted.get(text) ?? segmentsOf(text);
    counted.set(text, segments);
    return segments;
  };
}

function costly(
  policy: PolicyTexts,
  locale: string,
  message: CompiledMessage,
  count: (text: string) => SmsSegments,
): string[] {
  if (!isMade(policy)) return [];
  const {text} = renderMessage(message, 'sms', locale, {...policy, ...sampleValues(policy)});
  const segments = count(text);
  // Of what the service says in scripts that GSM-7 does not have, the operator can change nothing.
  const expected = !message.own && new Intl.Locale(locale).maximize().script !== 'Latn';
  if (segments.count === 1 && (segments.encoding === 'GSM-7' || expected)) return [];
  return [`templates.${policy.name}.sms.${locale}: ${JSON.stringify(text)} ${reason(segments)}`];
}

function reason({encoding, count, notGsm}: SmsSegments): string {
  const takes = count === 1 ? 'takes one segment' : `takes ${count} segments, each paid for by itself,`;
  return encoding === 'GSM-7'
    ? `${takes} in GSM-7`
    : `${takes} in UCS-2, of 70 characters instead of 160, for the sake of ${notGsm.slice(0, 10).join(' ')}`;
}

/** A person who cannot see what a code is bound to cannot notice that it was changed (PSD2 RTS Art. 5). */
function hidden(name: string, where: string, messages: readonly (readonly [string, CompiledMessage])[]): string[] {
  const without = messages.filter(([, {text}]) => !variablesOf(text).includes(`binding.${name}`));
  if (without.length === 0) return [];
  return [
    `templates.${where}: ${without.map(([locale]) => locale).join(', ')} without {binding.${name}}, which the code is bound to`,
  ];
}
