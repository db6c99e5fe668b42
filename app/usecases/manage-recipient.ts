import type {Client} from '../domain/client.ts';
import {pseudonymOf} from '../domain/pseudonym.ts';
import {kindOf, parseRecipient, parseSubject} from '../domain/recipient.ts';
import {sandboxRecipient} from '../domain/sandbox.ts';
import type {UseCaseContext} from './context.ts';

export type ManageResult = {readonly kind: 'done'; readonly erased: number} | {readonly kind: 'recipient_invalid'};

/** Forgets a recipient's failures under all policies of the client: its waits and its block end. */
export async function unlockRecipient(context: UseCaseContext, client: Client, to: string): Promise<ManageResult> {
  const found = recordsOf(context, client, to);
  for (const {partition, tags} of found) await context.store.unlock(partition, tags);
  return found.length === 0 ? {kind: 'recipient_invalid'} : {kind: 'done', erased: 0};
}

/** Removes what is kept of a recipient under all policies of the client. Its failures stay, as pseudonyms. */
export async function eraseRecipient(context: UseCaseContext, client: Client, to: string): Promise<ManageResult> {
  const found = recordsOf(context, client, to);
  let erased = 0;
  for (const {partition, tags} of found) erased += await context.store.erase(partition, tags);
  return found.length === 0 ? {kind: 'recipient_invalid'} : {kind: 'done', erased};
}

/** Where the records of a recipient lie: as the address that it is, and as the subject that `webhook` or `direct` may have taken it for. */
function recordsOf({pseudonymKey}: UseCaseContext, client: Client, to: string): {partition: number; tags: string[]}[] {
  const policies = [...client.policies.values()];
  const subject = policies.some(({channels}) => channels.some((each) => kindOf(each) === 'subject'))
    ? parseSubject(to)
    : undefined;
  const [policy] = policies;
  const nobody = policy === undefined ? undefined : sandboxRecipient(client.sandbox, to, policy);
  return [nobody ?? parseRecipient(to), subject].flatMap((recipient) => {
    if (recipient === undefined) return [];
    const pseudonyms = policies.map(({name}) => pseudonymOf(pseudonymKey, client.name, name, recipient.canonical));
    return [{partition: pseudonyms[0]?.partition ?? 0, tags: pseudonyms.map(({tag}) => tag.toString('base64url'))}];
  });
}
