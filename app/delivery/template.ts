import type {Channel} from '../domain/policy.ts';

export interface Rendered {
  /** Holds no code: subjects show on locked screens and in logs of mail servers. */
  readonly subject: string;
  readonly text: string;
  /** The same as a web page; mail alone has it. */
  readonly html?: string;
  /** The language that it is written in (BCP 47). */
  readonly locale: string;
}

/** The words around a code. */
export function render({
  channel,
  code,
  lifetimeMinutes,
}: {
  channel: Channel;
  code: string;
  lifetimeMinutes: number;
}): Rendered {
  const minutes = `${lifetimeMinutes} ${lifetimeMinutes === 1 ? 'minute' : 'minutes'}`;
  const warning = 'Nobody will ever ask you for it. If you did not request it, ignore this message.';
  return {
    locale: 'en',
    subject: 'Your verification code',
    text:
      channel === 'email'
        ? `Your verification code is:\n\n    ${code}\n\nIt is valid for ${minutes}. ${warning}\n`
        : `${code} is your verification code, valid for ${minutes}. ${warning}`,
  };
}
