import * as service from './service.ts';

/** Asks for the message again; if that is too early, the code that was sent still counts, otherwise the newest one does. */
export function resend(): boolean {
  const to = service.freshRecipient();
  const {id} = service.create(to).body;
  if (!id || service.readCodes(to).length === 0) return false;

  const again = service.whenAllowed(() => service.resend(id));
  const sent = again.outcome === 'done' ? 2 : 1;
  const [newest] = service.readCodes(to, sent);
  if (!newest) return false;
  const asked = again.outcome === 'done' || again.outcome === 'resend_too_soon';
  return asked && service.check(id, newest).httpStatus === 200;
}
