import {randomUUID} from 'node:crypto';
import type {Guess} from '../history.ts';
import type {BehaviourName} from './plan.ts';
import {policies} from './policies.ts';
import {type Sent, type User, wrongCode} from './user.ts';

// How many guesses are not yet answered by a wait.
const GUESSES_APART = 2;
// The longest that a wait between two guesses is sat out; a lock is longer.
const SAT_OUT_MS = 3_000;
// Until everything is served from the store again, and was added up there.
const CALM_MS = 3_300;
// Fast enough to run into every wait and lock, slow enough to leave the service to the others.
const GUESS_PAUSE_MS = 250;

type Behaviour = (user: User, untilMs: number) => Promise<void>;

/** What each kind of user does. `untilMs`: when the workload ends, in ms since the start of the run. */
export const behaviours: Readonly<Record<BehaviourName, Behaviour>> = {
  /** Asks for a code and types it in. */
  async honest(user) {
    const sent = await user.obtainCode('usual');
    if (!sent) return;
    await user.think();
    await user.insist(() => user.check(sent.id, sent.code, 'right'));
  },

  /** Mistypes once or twice first. */
  async mistaken(user) {
    const sent = await user.obtainCode('usual');
    if (!sent) return;
    for (let mistakes = 0; mistakes < user.plan.count; mistakes++) {
      await user.think();
      await user.insist(() => user.check(sent.id, wrongCode(sent.code), 'wrong'));
    }
    await user.insist(() => user.check(sent.id, sent.code, 'right'));
  },

  /** Sends the right code two or three times at once: a double click, a thief beside the owner. */
  async double(user) {
    const sent = await user.obtainCode('usual');
    if (!sent) return;
    await user.think();
    const checks = Array.from({length: user.plan.count + 1}, () => user.check(sent.id, sent.code, 'right'));
    await Promise.all(checks);
  },

  /** Repeats each request under its idempotency key, also when it was answered: a proxy or a library that retries. */
  async retrying(user) {
    const [createKey, checkKey] = [randomUUID(), randomUUID()];
    const sent = await user.obtainCode('usual', createKey);
    if (!sent) return;
    await user.insist(() => user.create('usual', createKey));
    await user.think();
    await user.insist(() => user.check(sent.id, sent.code, 'right', checkKey));
    await user.think();
    await user.insist(() => user.check(sent.id, sent.code, 'right', checkKey));
  },

  /**
   * Repeats a request for a code under its key while the fault lasts and afterwards: it may be given another verification in between.
   * Types in every code that came.
   */
  async repeating(user, untilMs) {
    const key = randomUUID();
    const ask = () => user.obtainCode('usual', key);
    const [first] = await Promise.all([ask(), user.cue(['broken'], untilMs)]);
    await user.think();
    const askTwice = async () => [await ask(), await ask()];
    const [inFault] = await Promise.all([askTwice(), user.cue(['healed'], untilMs)]);
    await user.pause(CALM_MS);
    for (const sent of [first, ...inFault, await ask()])
      if (sent) await user.insist(() => user.check(sent.id, sent.code, 'right'));
  },

  /** Thinks better of it, and somebody tries the code all the same. */
  async canceling(user) {
    const sent = await user.obtainCode('usual');
    if (!sent) return;
    await user.think();
    const canceled = await user.insist(() => user.cancel(sent.id));
    if (canceled.outcome === 'ok') await user.insist(() => user.check(sent.id, sent.code, 'right'));
  },

  /** Types the code in when it has expired. */
  async late(user) {
    const sent = await user.obtainCode('brief');
    if (!sent) return;
    await user.pause(policies.brief.lifetimeMs + 1_500);
    await user.insist(() => user.check(sent.id, sent.code, 'right'));
  },

  /** Guesses until the end, with new codes when the old one is locked. */
  async guessing(user, untilMs) {
    while (user.nowMs() < untilMs) {
      const sent = await user.obtainCode('usual');
      await user.pause(GUESS_PAUSE_MS);
      while (sent && user.nowMs() < untilMs) {
        const {httpStatus} = await user.check(sent.id, wrongCode(sent.code), 'wrong');
        if (httpStatus === 404 || httpStatus === 409 || httpStatus === 410) break;
        await user.pause(GUESS_PAUSE_MS);
      }
    }
  },

  /** Asks for one code after the other, and types in the first. */
  async forgetful(user) {
    const first = await user.obtainCode('usual');
    if (!first) return;
    for (let more = 0; more < policies.usual.maxPending; more++) {
      await user.think();
      await user.insist(() => user.create('usual'));
    }
    await user.insist(() => user.check(first.id, first.code, 'right'));
  },

  /** Has a code from before the fault, presents it right after it began, and somebody who read along does the same later. */
  async holding(user) {
    const sent = await user.obtainCode('usual');
    if (!sent) return;
    await user.pause(Math.max(0, user.plan.untilMs - user.nowMs()));
    await user.check(sent.id, sent.code, 'right');
    await user.think();
    await user.check(sent.id, sent.code, 'right');
    await user.pause(2 * user.plan.thinkMs);
    await user.insist(() => user.check(sent.id, sent.code, 'right'));
  },

  /** Has a code, and sends it to several processes at once just when something breaks: what is under way there, and what is told of it. */
  async pouncing(user, untilMs) {
    const sent = await user.obtainCode('usual');
    if (!sent) return;
    const check = () => user.check(sent.id, sent.code, 'right');
    await user.cue(['breaking', 'broken'], untilMs);
    await user.pause(user.plan.thinkMs / 2);
    await Promise.all([check(), check(), check()]);
    await user.think();
    await check();
    await user.pause(2 * user.plan.thinkMs);
    await user.insist(check);
  },

  /** Mistypes just when something breaks, without looking at the answer, and hears by the next mistake what that one has cost. */
  async slipping(user, untilMs) {
    const sent = await user.obtainCode('usual');
    if (!sent) return;
    const slip = () => user.check(sent.id, wrongCode(sent.code), 'wrong');
    await user.cue(['broken'], untilMs);
    await user.think();
    await slip();
    await user.cue(['healed'], untilMs);
    await user.pause(CALM_MS);
    await user.insist(slip);
  },

  /** Guesses a little before the fault, a little while it lasts and a little afterwards: nowhere enough to be stopped, but for the sum. */
  async straddling(user, untilMs) {
    const guess = async (times: number) => {
      await user.think();
      const sent = await user.obtainCode('usual');
      for (let time = 0; sent && time < times; time++) {
        await user.insist(() => user.check(sent.id, wrongCode(sent.code), 'wrong'));
        await user.pause(GUESS_PAUSE_MS);
      }
    };
    await Promise.all([guess(GUESSES_APART + 1), user.cue(['broken'], untilMs)]);
    await Promise.all([guess(GUESSES_APART), user.cue(['healed'], untilMs)]);
    await user.pause(CALM_MS);
    await guess(GUESSES_APART);
  },

  /**
   * Mistypes and has the code sent again, before, during and after the fault, and each time types in the code that was replaced as well.
   * Half of them do so more often than one code may take, the others have an attempt left for the right one.
   */
  async resending(user, untilMs) {
    const {count} = user.plan;
    let sent = await user.obtainCode('usual');
    const guesses = async (times: number) => {
      for (let time = 0; sent && time < times; time++) await patientCheck(user, sent.id, wrongCode(sent.code), 'wrong');
    };
    const mistypeAndResend = async (mistakes: number) => {
      await guesses(mistakes);
      sent = await sentAgain(user, sent);
    };
    await Promise.all([mistypeAndResend(count), user.cue(['broken'], untilMs)]);
    const inFault = async () => {
      await user.think();
      // May get another one than that from before the fault, which is then sent again as well.
      sent = await sentAgain(user, sent);
      await mistypeAndResend(2 * (count - 1));
      await guesses(3 * (count - 1));
    };
    await Promise.all([inFault(), user.cue(['healed'], untilMs)]);
    await user.pause(CALM_MS);
    sent = await sentAgain(user, sent);
    await guesses(3 * (count - 1));
    if (sent) await patientCheck(user, sent.id, sent.code, 'right');
  },
};

/** Checks until there is an answer about the code, over the short waits that follow a mistake too. */
async function patientCheck(user: User, id: string, code: string, guess: Guess): Promise<void> {
  const check = () => user.insist(() => user.check(id, code, guess));
  const {httpStatus, retryAfterMs = 0} = await check();
  if (httpStatus === 429 && retryAfterMs <= SAT_OUT_MS) {
    await user.pause(retryAfterMs);
    await check();
  }
  await user.pause(GUESS_PAUSE_MS);
}

/**
 * Has a code sent again and types in the old one. Where it cannot be sent again, asks for another verification; who gets none either
 * goes on with the old code, if nothing can have replaced it.
 */
async function sentAgain(user: User, sent: Sent | undefined): Promise<Sent | undefined> {
  if (!sent) return user.obtainCode('usual');
  const resend = () => user.resend(sent.id);
  const {outcome} = await (user.plan.patient ? user.insist(resend) : resend());
  const again = outcome === 'ok' ? await user.readCode(sent.id) : undefined;
  if (!again) return (await user.obtainCode('usual')) ?? user.readCode(sent.id);
  if (again.code !== sent.code) await patientCheck(user, sent.id, sent.code, 'replaced');
  return again;
}
