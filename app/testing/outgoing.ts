import type {OutgoingMessage} from '../delivery/provider.ts';

/** A message as a provider gets it. */
export function outgoing(changes: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return {
    verificationId: 'v1_x',
    messageId: 'v1_x.0',
    resends: 0,
    channel: 'sms',
    to: '+41446681800',
    subject: 'Your verification code',
    text: '123456 is your verification code.',
    locale: 'en',
    code: '123456',
    ...changes,
  };
}
