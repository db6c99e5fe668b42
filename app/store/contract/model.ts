import fc from 'fast-check';
import {expect, it} from 'vitest';
import type {Snapshot} from '../../domain/verification.ts';
import type {Address} from '../store.ts';
import {modelLimits, modelTimings, ReferenceModel, type Told, toldBy} from './reference-model.ts';
import {code, minute, type OpenStore, type StoreUnderTest, verification, wrong} from './support.ts';

interface Real extends StoreUnderTest {
  readonly slackMs: number;
  readonly created: {readonly where: Address; mac: string}[];
  /** Hears of each outcome. */
  readonly note: (seen: string) => void;
}

type Command = fc.AsyncCommand<ReferenceModel, Real>;

/** More would be forgotten by the recipient's list of codes, which the model does not know. */
const maxCreations = 16;
const {maxAttempts, maxPending, maxResends, blockAfter, lifetimeMs, resendIntervalMs} = modelLimits;

function create(name: string, contextTag: string): Command {
  return {
    toString: () => `create ${name} ${contextTag}`,
    check: (model) => model.created < maxCreations,
    async run(model, {store, address, created, note, slackMs}) {
      const where = address(name);
      const mac = `${model.created}`.padEnd(43, 'c');
      const terms = {mac, maxAttempts, maxPending, lifetimeMs, resendIntervalMs, contextTag};
      const outcome = await store.create(where, verification(terms));
      const forGood = outcome.kind === 'recipient_locked' && outcome.until === undefined;
      note(`create ${outcome.kind}${forGood ? ' for good' : ''}`);
      expect(outcome.kind).toBe(model.create(name, contextTag));
      if (outcome.kind !== 'created') return;
      created.push({where, mac});
      compare(outcome.snapshot, model.read(created.length - 1), slackMs);
    },
  };
}

/** On a verification, counted back from the newest one. */
function onOne(
  what: string,
  back: number,
  run: (target: {where: Address; mac: string}, index: number, model: ReferenceModel, real: Real) => Promise<void>,
): Command {
  return {
    toString: () => `${what} ${back} back`,
    // One that there never was is asked for seldom.
    check: (model) => back < model.created || back === maxCreations,
    async run(model, real) {
      const index = model.created - 1 - back;
      await run(real.created[index] ?? {where: real.address('nobody'), mac: ''}, index, model, real);
    },
  };
}

function check(back: number, right: boolean): Command {
  return onOne(
    `check ${right ? 'right' : 'wrong'}`,
    back,
    async ({where, mac}, index, model, {store, note, slackMs}) => {
      const outcome = await store.check(where, right ? {mac} : wrong, {blockAfter});
      note(`check ${outcome.kind}`);
      expect(outcome.kind).toBe(model.check(index, right));
      if ('snapshot' in outcome) compare(outcome.snapshot, model.read(index), slackMs);
    },
  );
}

function resend(back: number): Command {
  return onOne('resend', back, async (target, index, model, {store, note, slackMs}) => {
    const mac = `${model.now} ${index}`.padEnd(43, 'r');
    const outcome = await store.resend(target.where, code({mac, maxResends, lifetimeMs, resendIntervalMs}));
    note(`resend ${outcome.kind}`);
    expect(outcome.kind).toBe(model.resend(index));
    if (outcome.kind === 'resent') target.mac = mac;
    if ('snapshot' in outcome) compare(outcome.snapshot, model.read(index), slackMs);
  });
}

function cancel(back: number): Command {
  return onOne('cancel', back, async ({where}, index, model, {store, note}) => {
    const outcome = await store.cancel(where);
    note(`cancel ${outcome.kind}`);
    expect(outcome.kind).toBe(model.cancel(index));
  });
}

function manage(kind: 'unlock' | 'erase', name: string): Command {
  return {
    toString: () => `${kind} ${name}`,
    check: () => true,
    async run(model, {store, address}) {
      const {partition, recipientTag} = address(name);
      await store[kind](partition, [recipientTag]);
      model[kind](name);
    },
  };
}

/** To the next instant at which something changes, or to just before it, if it is not farther than `withinMs`. */
function leap(early: boolean, withinMs = Number.POSITIVE_INFINITY): Command {
  return {
    toString: () => `leap to ${early ? 'just before ' : ''}the next instant`,
    check: ({instants: [instant], now}) => instant !== undefined && instant <= now + withinMs,
    async run(model, real) {
      const {slackMs} = real;
      const {instants} = model;
      const [instant = model.now] = instants;
      let target = instant - (early ? Math.max(1, slackMs) : 0);
      // Where the store's clock goes on by itself, what is due a little later may or may not have come.
      for (const next of instants) if (next > target && next < target + slackMs) target = next;
      if (target <= model.now) return;
      await real.pass(target - model.now);
      model.now = target;
      await compareAll(model, real);
    },
  };
}

/** What happens seldom by chance: a resend while others' failures lock the recipient, and a guesser who never stops. */
const walks: readonly (readonly Command[])[] = [
  [create('ada', 'home'), leap(false), create('ada', 'home'), check(0, false), leap(false), check(0, false), resend(1)],
  Array.from({length: 40}, () => [create('ada', 'home'), check(0, false), leap(false)]).flat(),
];

function mostly<T>(usual: T, other: T): fc.Arbitrary<T> {
  return fc.oneof({weight: 5, arbitrary: fc.constant(usual)}, {weight: 1, arbitrary: fc.constant(other)});
}

const names = mostly('ada', 'bob');
const contexts = mostly('home', 'away');
const back = fc.oneof(
  {weight: 9, arbitrary: fc.nat({max: 1})},
  {weight: 4, arbitrary: fc.nat({max: 4})},
  {weight: 1, arbitrary: fc.constant(maxCreations)},
);
const checks = fc.tuple(back, mostly(false, true)).map((about) => check(...about));
const leaps = fc.tuple(fc.boolean(), mostly(20 * minute, undefined)).map((about) => leap(...about));
const commands = fc.commands(
  [
    ...[checks, checks, checks, checks, leaps, leaps, leaps, leaps],
    fc.tuple(names, contexts).map((about) => create(...about)),
    fc.tuple(names, contexts).map((about) => create(...about)),
    back.map(resend),
    back.map(resend),
    back.map(cancel),
    fc.tuple(mostly<'unlock' | 'erase'>('unlock', 'erase'), names).map((about) => manage(...about)),
  ],
  {maxCommands: 100, size: 'max'},
);

/** Both stores against the reference model. */
export function modelContract(open: OpenStore): void {
  it('agrees with the reference model after any sequence of operations, however much time passes between them', async () => {
    const seen = new Set<string>();
    const run = async (sequence: Iterable<Command>) => {
      const model = new ReferenceModel();
      const under = open(modelTimings);
      const real: Real = {slackMs: 0, ...under, created: [], note: (outcome) => seen.add(outcome)};
      await fc.asyncModelRun(() => ({model, real}), sequence);
      await compareAll(model, real);
    };
    for (const walk of walks) await run(walk);
    await fc.assert(fc.asyncProperty(commands, run), {numRuns: 150, unbiased: true});
    // A model that is never asked for something says nothing about it.
    expect([...seen].toSorted()).toEqual([
      'cancel canceled',
      'cancel final',
      'cancel not_found',
      'check approved',
      'check final',
      'check incorrect',
      'check not_found',
      'check too_soon',
      'create created',
      'create recipient_locked',
      'create recipient_locked for good',
      'create send_too_soon',
      'resend final',
      'resend limit_reached',
      'resend not_found',
      'resend recipient_locked',
      'resend resent',
      'resend send_too_soon',
    ]);
  });
}

async function compareAll(model: ReferenceModel, {store, created, slackMs}: Real): Promise<void> {
  const outcomes = await Promise.all(created.map(({where}) => store.read(where)));
  for (const [index, outcome] of outcomes.entries())
    compare(outcome.kind === 'found' ? outcome.snapshot : undefined, model.read(index), slackMs);
}

/** The same; instants of a clock that goes on by itself may be nearer by `slackMs`. */
function compare(snapshot: Snapshot | undefined, expected: Told | undefined, slackMs: number): void {
  const told = snapshot === undefined ? undefined : toldBy(snapshot);
  if (told === undefined || expected === undefined || slackMs === 0) expect(told).toEqual(expected);
  else expect(rounded(told, expected, slackMs)).toEqual(expected);
}

/** What was told, with those times that are nearly the expected ones replaced by these. */
function rounded(told: Told, expected: Told, slackMs: number): Told {
  const near = (name: keyof Told & `${string}InMs`) =>
    told[name] >= 0 && Math.abs(told[name] - expected[name]) < slackMs ? expected[name] : told[name];
  return {
    ...told,
    expiresInMs: near('expiresInMs'),
    checkableInMs: near('checkableInMs'),
    lockedInMs: near('lockedInMs'),
    sendableInMs: near('sendableInMs'),
  };
}
