import {setTimeout as sleep} from 'node:timers/promises';
import {isUnavailable, type Operation} from './history.ts';
import type {Client} from './workload/client.ts';

const AT_ONCE = 8;
// For all of them together. Whoever is refused for that long is refused for good.
const PATIENCE_MS = 10_000;
const PAUSE_MS = 1_000;

/**
 * Asks, after the fault, for every verification that was acknowledged: with the right code where its message came, so that one
 * that was accepted before is tried once more; by its status otherwise. Who is told to come back comes back: a refusal is an answer
 * to this request, and says nothing of the verification.
 */
export async function audit(client: Client, signal: AbortSignal): Promise<void> {
  const acknowledged = client.operations.filter(({kind, outcome}) => kind === 'create' && outcome === 'ok');
  const giveUpMs = client.nowMs() + PATIENCE_MS;
  const worker = async () => {
    for (let next = acknowledged.pop(); next; next = acknowledged.pop()) {
      for (;;) {
        const answered = await askFor(next, client);
        const {retryAfterMs = PAUSE_MS} = answered;
        if (!isUnavailable(answered) || client.nowMs() + retryAfterMs > giveUpMs) break;
        await sleep(retryAfterMs, undefined, {signal});
      }
      signal.throwIfAborted();
    }
  };
  await Promise.all(Array.from({length: AT_ONCE}, worker));
}

async function askFor({user, recipient, verificationId}: Operation, client: Client): Promise<Operation> {
  if (verificationId === undefined) throw new Error(`an acknowledged create of ${user} has no id`);
  const subject = {phase: 'audit', user, recipient, verificationId} as const;
  const code = client.sentCode(verificationId);
  return code === undefined ? await client.status(subject) : await client.check({...subject, guess: 'right'}, code);
}
