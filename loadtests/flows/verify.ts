import {check, create, freshRecipient, readCodes, unsafeApproval} from './service.ts';

/** Asks for a code, reads it, types it in; typed in once more, it must be refused. Returns whether all went as expected. */
export function verify(): boolean {
  const to = freshRecipient();
  const {id} = create(to).body;
  const [code] = id ? readCodes(to) : [];
  if (!id || !code) return false;

  const first = check(id, code);
  const second = check(id, code);
  if (first.httpStatus === 200 && second.httpStatus === 200) unsafeApproval();
  return first.httpStatus === 200 && second.httpStatus === 409;
}
