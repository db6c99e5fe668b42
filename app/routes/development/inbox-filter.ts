import {type Static, Type} from 'typebox';
import type {InboxMessage} from '../../delivery/inbox.ts';

/** What of the inbox is to be shown, as the address says it. */
export const filterSchema = Type.Object(
  {
    to: Type.Optional(Type.String({maxLength: 320})),
    channel: Type.Optional(Type.String({maxLength: 16})),
    q: Type.Optional(Type.String({maxLength: 320})),
    page: Type.Optional(Type.String({pattern: '^[1-9][0-9]{0,3}$'})),
  },
  {additionalProperties: false},
);
export type InboxFilter = Static<typeof filterSchema>;

export function fits(message: InboxMessage, {to = '', channel = '', q = ''}: InboxFilter): boolean {
  const holds = (text: string, part: string) => text.toLowerCase().includes(part.trim().toLowerCase());
  return (
    holds(message.to, to) &&
    (channel === '' || message.channel === channel) &&
    holds(`${message.subject ?? ''}\n${message.text}\n${message.code}\n${message.verificationId}`, q)
  );
}
