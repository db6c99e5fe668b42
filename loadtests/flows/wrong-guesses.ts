import {check, create, freshRecipient, readCodes, unsafeApproval, whenAllowed, wrongCode} from './service.ts';

/** Mistypes the code twice, then types it right: the mistakes are refused, and cost no more than a short wait. */
export function wrongGuesses(): boolean {
  const to = freshRecipient();
  const {id} = create(to).body;
  const [code] = id ? readCodes(to) : [];
  if (!id || !code) return false;

  const mistakes = [check(id, wrongCode(code)), check(id, wrongCode(code))];
  if (mistakes.some((answer) => answer.httpStatus === 200)) unsafeApproval();
  const right = whenAllowed(() => check(id, code));
  return mistakes.every((answer) => answer.httpStatus === 422) && right.httpStatus === 200;
}
