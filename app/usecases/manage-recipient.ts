import type {Client} from '../domain/client.ts';
import {pseudonymOf} from '../domain/pseudonym.ts';
import {parseRecipient} from '../domain/recipient.ts';
import type {UseCaseContext} from './context.ts';

export type ManageResult = {readonly kind: 'done'; readonly erased?: number} | {readonly kind: 'recipient_invalid'};

/** Forgets a recipient's failures under all policies of the client: its waits and its block end. */
export async function unlockRecipient(context: UseCaseContext, client: Client, to: string): Promise<ManageResult> {
  const found = recordsOf(context, client, to);
  if (found === undefined) return {kind: 'recipient_invalid'};
  await context.store.unlock(found.partition, found.tags);
  return {kind: 'done'};
}

/** Removes what is kept of a recipient under all policies of the client. Its failures stay, as pseudonyms. */
export async function eraseRecipient(context: UseCaseContext, client: Client, to: string): Promise<ManageResult> {
  const found = recordsOf(context, client, to);
  if (found === undefined) return {kind: 'recipient_invalid'};
  return {kind: 'done', erased: await context.store.erase(found.partition, found.tags)};
}

function recordsOf(
  {pseudonymKey}: UseCaseContext,
  client: Client,
  to: string,
): {partition: number; tags: string[]} | undefined {
  const recipient = parseRecipient(to);
  if (recipient === undefined) return undefined;
  const pseudonyms = [...client.policies.keys()].map((policy) =>
    pseudonymOf(pseudonymKey, client.name, policy, recipient.canonical),
  );
  return {partition: pseudonyms[0]?.partition ?? 0, tags: pseudonyms.map(({tag}) => tag.toString('base64url'))};
}
