import {performance} from 'node:perf_hooks';
import {setTimeout as sleep} from 'node:timers/promises';
import {audit} from './audit.ts';
import {recoveredMs} from './checks/checker.ts';
import type {Executor, Testbed} from './executors/executor.ts';
import {breakAndHeal} from './faults/break-and-heal.ts';
import {describeOperation, type Observation, type RecordedRun} from './history.ts';
import {watchMachine} from './machine-load.ts';
import type {Scenario} from './scenarios/scenario.ts';
import type {Speed} from './speed.ts';
import {behaviours} from './workload/behaviours.ts';
import {Client} from './workload/client.ts';
import {Cues} from './workload/cues.ts';
import {behaviourNames, planRun, type RunPlan, type Workload} from './workload/plan.ts';
import {type Surroundings, User} from './workload/user.ts';

/** What was seen, before anybody judges it. */
export interface Recording extends RecordedRun {
  readonly timeline: readonly TimelineEvent[];
}

export interface TimelineEvent {
  /** Ms since the start of the run. */
  readonly atMs: number;
  readonly event: string;
}

export interface RunOptions {
  readonly scenario: Scenario;
  readonly executor: Executor;
  readonly speed: Speed;
  readonly seed: number;
  /** Where the output of service and store goes, without ending. */
  readonly logPath: string;
  /** Interrupts the run; the fault is healed and everything stopped all the same. */
  readonly signal: AbortSignal;
}

// A hung service must show as a long answer, not as our own impatience.
const CLIENT_TIMEOUT_MS = 8_000;
const OBSERVE_MS = 400;
// In which a look is certainly begun: the one before takes a second at most, where nobody answers.
const LOOKED_MS = 2_000;

/** @throws AbortError when interrupted, or Error that says why the run proves nothing (no testbed, no steady state, no fault). */
export async function runScenario(options: RunOptions): Promise<Recording> {
  const {scenario, executor, speed, seed, logPath, signal} = options;
  const plan = planRun(possible(scenario.workload, executor), scenario.pace[speed], seed);
  const testbed = await executor.start({environment: scenario.environment, speed, logPath, signal});
  try {
    return await record(options, plan, testbed);
  } finally {
    await testbed[Symbol.asyncDispose]();
  }
}

/** The workload without users that the executor has nothing for. */
function possible({usersPerSecond, mix}: Workload, {behaviours: offered}: Executor): Workload {
  const weights = behaviourNames.map((name) => [name, offered.includes(name) ? mix[name] : 0]);
  return {usersPerSecond, mix: Object.fromEntries(weights) as Workload['mix']};
}

async function record({scenario, executor, signal}: RunOptions, plan: RunPlan, testbed: Testbed): Promise<Recording> {
  const createClient = () =>
    new Client({
      baseUrl: testbed.baseUrl,
      apiKey: testbed.apiKey,
      timeoutMs: CLIENT_TIMEOUT_MS,
      originMs: performance.now(),
      offer: testbed.offer,
      messages: testbed.messages,
    });
  await assertSteady(scenario, testbed, createClient(), signal);

  const client = createClient();
  await client.connect();
  const timeline: TimelineEvent[] = [];
  const note = (event: string) => {
    const atMs = client.nowMs();
    timeline.push({atMs, event});
    return atMs;
  };
  const machineLoad = watchMachine(executor.onThisMachine);
  await using observations = observe(testbed, client);
  const inHand = testbed.prepare(scenario.fault);
  const cues = new Cues();
  note('workload begins');
  const [fault] = await allOrNone(signal, (running) => [
    breakAndHeal({fault: scenario.fault, inHand, plan, cues, note, signal: running}),
    serveUsers(plan, testbed, {client, cues, signal: running}).then(() => note('workload ends')),
  ]);
  await audit(client, signal);
  note('audit ends');
  await messagesDue(client, scenario.bounds.deliveryMs, signal);
  // Where healing took longer than the users came: who is to serve from the store again has to be looked at once more.
  const lookUntilMs = recoveredMs({fault}, scenario.bounds) + LOOKED_MS;
  await sleep(Math.max(0, lookUntilMs - client.nowMs()), undefined, {signal});
  const doubts = await testbed.doubts();
  return {
    operations: client.operations,
    messageSeenMs: ofEach(client, (id) => client.messageSeenMs(id)),
    resendsSeen: ofEach(client, (id) => client.resendsSeen(id)),
    observations: observations.seen,
    fault,
    machine: machineLoad(),
    doubts,
    timeline,
  };
}

/** Looks at the instances again and again until it is disposed of. */
function observe(testbed: Testbed, client: Client): {readonly seen: readonly Observation[]} & AsyncDisposable {
  const seen: Observation[] = [];
  const end = new AbortController();
  const looking = (async () => {
    while (!end.signal.aborted) {
      const atMs = client.nowMs();
      seen.push({atMs, ...(await testbed.look())});
      await sleep(OBSERVE_MS, undefined, {signal: end.signal}).catch(() => {});
    }
  })();
  return {
    seen,
    async [Symbol.asyncDispose]() {
      end.abort();
      await looking;
    },
  };
}

/** Gives the last messages the time that they may take. */
async function messagesDue(client: Client, deliveryMs: number, signal: AbortSignal): Promise<void> {
  const promised = client.operations.filter(({kind, outcome}) => kind === 'create' && outcome === 'ok');
  const untilMs = Math.max(0, ...promised.map(({endMs}) => endMs)) + deliveryMs;
  const allCame = () => promised.every(({verificationId = ''}) => client.messageSeenMs(verificationId) !== undefined);
  while (client.nowMs() < untilMs && !allCame()) await sleep(100, undefined, {signal});
}

/** What is known of each verification; those of which nothing is are left out. */
function ofEach(client: Client, known: (verificationId: string) => number | undefined): Map<string, number> {
  const ids = new Set(client.operations.flatMap(({verificationId}) => verificationId ?? []));
  return new Map(
    [...ids].flatMap((id) => {
      const value = known(id);
      return value === undefined ? [] : [[id, value] as const];
    }),
  );
}

/** The service works before anything is broken; otherwise a later failure would say nothing. */
async function assertSteady(
  {steadyJourneys}: Scenario,
  {offer}: Testbed,
  client: Client,
  signal: AbortSignal,
): Promise<void> {
  for (let journey = 0; journey < steadyJourneys; journey++) {
    const plan = {
      name: `steady${journey}`,
      behaviour: 'honest',
      startMs: 0,
      thinkMs: 0,
      count: 1,
      patient: true,
      untilMs: 0,
    } as const;
    await behaviours.honest(new User(plan, offer.recipientOf(plan.name), {client, cues: new Cues(), signal}), 0);
    const last = client.operations.at(-1);
    if (last?.kind === 'check' && last.outcome === 'ok') continue;
    throw new Error(`no steady state before the fault: ${last ? describeOperation(last) : 'nothing was asked'}`);
  }
}

async function serveUsers(plan: RunPlan, {offer}: Testbed, surroundings: Surroundings): Promise<void> {
  await Promise.all(
    plan.users.map(async (userPlan) => {
      await sleep(userPlan.startMs, undefined, {signal: surroundings.signal});
      const user = new User(userPlan, offer.recipientOf(userPlan.name), surroundings);
      await behaviours[userPlan.behaviour](user, plan.workloadMs);
    }),
  );
}

/** Runs tasks side by side; when one fails the others are interrupted and awaited, so that none runs on unseen. */
async function allOrNone<Results extends unknown[]>(
  signal: AbortSignal,
  start: (signal: AbortSignal) => {[Index in keyof Results]: Promise<Results[Index]>},
): Promise<Results> {
  const failed = new AbortController();
  const tasks = start(AbortSignal.any([signal, failed.signal]));
  try {
    return (await Promise.all(tasks)) as Results;
  } catch (error) {
    failed.abort();
    await Promise.allSettled(tasks);
    throw error;
  }
}
