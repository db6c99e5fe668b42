import type {CodeFormat} from '../../domain/code.ts';
import type {Binding} from '../../domain/mac.ts';
import {compileMessages, type Messages, type TemplateRules} from './compile.ts';
import {chooseLocale} from './locale.ts';
import {type OwnTexts, type TemplateChannel, templateChannels} from './own-texts.ts';
import {type Rendered, renderMessage} from './render.ts';

/** What of a policy its messages are written from. */
export interface PolicyTexts extends TemplateRules, CodeFormat {
  readonly name: string;
  readonly tag: number;
  /** Those that it sends over and that carry words. */
  readonly channels: readonly TemplateChannel[];
  /** Where nothing fits what is asked for. */
  readonly locale: string;
  readonly webOtpHost?: string;
  readonly own: OwnTexts;
}

/** What a message is written from. */
export interface MessageContent {
  /** Names the policy; see `nameTag`. */
  readonly policyTag: number;
  readonly channel: string;
  /** Tags in order of preference, with commas between them. */
  readonly locale?: string;
  readonly code: string;
  readonly lifetimeSeconds: number;
  readonly binding?: Binding;
}

/** The words around codes, for every policy, channel and language. */
export interface Templates {
  render(message: MessageContent): Rendered;
  readonly policies: readonly PolicyTexts[];
  /** All messages of a policy. */
  messagesOf(policy: PolicyTexts): Messages;
}

/** For messages whose policy is no longer configured. */
const noPolicy: Omit<PolicyTexts, 'codeLength' | 'alphabet'> = {
  name: '',
  tag: -1,
  channels: [],
  locale: 'en',
  requiredBinding: [],
  lifetimeSeconds: 60,
  own: {},
};

/** Reads all templates. Adds a sentence to `problems` for each fault. */
export function createTemplates(policies: readonly PolicyTexts[], problems: string[]): Templates {
  const byTag = new Map(
    policies.map((policy) => {
      const faults: string[] = [];
      const messages = compileMessages(policy.own, policy, faults);
      problems.push(
        ...faults.map((fault) => `templates.${policy.name}.${fault}`),
        ...fallbackProblems(policy, messages),
      );
      return [policy.tag, {policy, messages}] as const;
    }),
  );
  const unknown = {policy: noPolicy, messages: compileMessages({}, noPolicy, problems)};
  const find = (tag: number) => byTag.get(tag) ?? unknown;
  return {
    policies,
    messagesOf: ({tag}) => find(tag).messages,
    render({policyTag, channel, locale = '', code, lifetimeSeconds, binding = {}}) {
      const {policy, messages} = find(policyTag);
      const kind = templateChannels.find((each) => each === channel) ?? 'sms';
      const inLocales = messages.get(kind) ?? new Map<string, never>();
      const chosen = chooseLocale([...inLocales.keys()], locale.split(',').filter(Boolean), policy.locale);
      const message = inLocales.get(chosen);
      if (message === undefined) throw new Error(`no ${kind} in ${chosen}`);
      const {brand, webOtpHost} = policy;
      return renderMessage(message, kind, chosen, {
        code,
        lifetimeSeconds,
        binding,
        ...(brand === undefined ? {} : {brand}),
        ...(webOtpHost === undefined ? {} : {webOtpHost}),
      });
    },
  };
}

function fallbackProblems({name, locale, channels}: PolicyTexts, messages: Messages): string[] {
  return channels
    .filter((channel) => !messages.get(channel)?.has(locale))
    .map(
      (channel) =>
        `policies.${name}.locale: ${JSON.stringify(locale)} has no text for ${channel}; there are ${[...(messages.get(channel)?.keys() ?? [])].join(', ')}`,
    );
}
