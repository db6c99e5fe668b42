import type {Client} from './workload/client.ts';

const AT_ONCE = 8;

/**
 * Asks, after the fault, for every verification that was acknowledged: with the right code where its message came, so that one
 * that was accepted before is tried once more; by its status otherwise.
 */
export async function audit(client: Client, signal: AbortSignal): Promise<void> {
  const acknowledged = client.operations.filter(({kind, outcome}) => kind === 'create' && outcome === 'ok');
  const worker = async () => {
    for (let next = acknowledged.pop(); next; next = acknowledged.pop()) {
      signal.throwIfAborted();
      const {user, recipient, verificationId} = next;
      if (verificationId === undefined) throw new Error(`an acknowledged create of ${user} has no id`);
      const subject = {phase: 'audit', user, recipient, verificationId} as const;
      const code = client.sentCode(verificationId);
      if (code === undefined) await client.status(subject);
      else await client.check({...subject, guess: 'right'}, code);
    }
  };
  await Promise.all(Array.from({length: AT_ONCE}, worker));
}
