import * as service from './service.ts';

/** Asks for a code, looks at its status, cancels it, looks again. */
export function status(): boolean {
  const {id} = service.create(service.freshRecipient()).body;
  if (!id) return false;

  const before = service.status(id);
  const canceled = service.cancel(id);
  const after = service.status(id);
  return before.body.status === 'pending' && canceled.httpStatus === 204 && after.body.status === 'canceled';
}
