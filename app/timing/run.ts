import {createHash, randomBytes, randomInt} from 'node:crypto';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type Answer, Connection, requestText} from '../bench/load/connection.ts';
import {startRedis} from '../testing/redis-server.ts';
import {startServiceProcess} from '../testing/service-process.ts';
import {type Comparison, compare} from './statistics.ts';

/**
 * `npm run timing [-- SAMPLES]`: whether the time of an answer tells what its words do not. Ends with 1 if it does, and with
 * 2 if this machine is too noisy to say: then not even what does differ is told apart.
 *
 * Every round asks each question once, in random order, over one connection: what disturbs the machine disturbs all alike.
 */

const defaultSamples = 2000;
/** One wrong alarm in two thousand runs, over all comparisons. */
const significance = 0.0001;
const warmUpRounds = 200;

interface Question {
  readonly name: string;
  readonly request: string;
  readonly expected: {readonly status: number; readonly code?: string};
}

const pairs: readonly {readonly what: string; readonly of: readonly [string, string]; readonly alike: boolean}[] = [
  {what: 'read: no id of ours, another client’s', of: ['read nobody’s', 'read another’s'], alike: true},
  {what: 'check: no id of ours, another client’s', of: ['check nobody’s', 'check another’s'], alike: true},
  {what: 'check: no digit right, all but the last', of: ['check far off', 'check close'], alike: true},
  {what: 'control: no id of ours, an own one', of: ['read nobody’s', 'read own'], alike: false},
];

const samples = readSamples(process.argv.slice(2));
await using redis = await startRedis({options: ['--appendonly', 'no']});
const [own, other] = [`otp_own_${randomBytes(16).toString('hex')}`, `otp_other_${randomBytes(16).toString('hex')}`];
const directory = mkdtempSync(join(tmpdir(), 'otp-timing-'));
let exitCode: number;
try {
  await using service = await startServiceProcess({OTP_CONFIG: configure(directory), REDIS_URL: redis.url});
  if (service.child.exitCode !== null) throw new Error(`the service does not start: ${service.output()}`);
  const {port} = new URL(service.url);
  const connection = await Connection.open(Number(port), (error) => {
    throw error;
  });
  exitCode = judge(await measure((request) => ask(connection, request)));
  connection.close();
} finally {
  rmSync(directory, {recursive: true});
}
process.exitCode = exitCode;

function readSamples([text, ...rest]: readonly string[]): number {
  const count = Number(text ?? defaultSamples);
  if (rest.length === 0 && Number.isInteger(count) && count >= 100 && count <= 1_000_000) return count;
  console.error(`usage: npm run timing [-- SAMPLES], expected a whole number from 100 to 1000000`);
  process.exit(64);
}

function configure(directory: string): string {
  const path = join(directory, 'otp.yaml');
  const client = (key: string) => ({apiKeys: [{id: 'only', sha256: createHash('sha256').update(key).digest('hex')}]});
  const file = {
    policies: {login: {channels: ['direct'], returnCode: true}},
    clients: {own: client(own), other: client(other)},
    providers: {inbox: {kind: 'inbox'}},
    channels: {},
  };
  writeFileSync(path, JSON.stringify(file)); // JSON is YAML
  return path;
}

async function measure(ask: (request: string) => Promise<{answer: Answer; micros: number}>) {
  const times = new Map<string, number[]>();
  const create = async (key: string): Promise<{id: string; code: string}> => {
    const to = randomBytes(9).toString('hex');
    const {answer} = await ask(requestText('POST', '/v1/verifications', key, {to, channel: 'direct'}));
    return JSON.parse(answer.body);
  };
  for (let round = -warmUpRounds; round < samples; round++) {
    for (const {name, request, expected} of shuffled(
      questions(await create(own), await create(own), await create(other)),
    )) {
      const {answer, micros} = await ask(request);
      const {code} = JSON.parse(answer.body);
      if (answer.status !== expected.status || code !== expected.code)
        throw new Error(`${name}: expected ${JSON.stringify(expected)}, got ${answer.status} ${answer.body}`);
      if (round >= 0) times.set(name, [...(times.get(name) ?? []), micros]);
    }
  }
  return times;
}

function questions(a: {id: string; code: string}, b: typeof a, foreign: typeof a): Question[] {
  const read = (id: string) => requestText('GET', `/v1/verifications/${id}`, own);
  const check = (id: string, code: string) => requestText('POST', `/v1/verifications/${id}/check`, own, {code});
  // As long as an id, of its letters, and made by nobody.
  const nobodys = a.id.slice(0, -84) + randomBytes(63).toString('base64url');
  const missing = {status: 404, code: 'verification_not_found'};
  const incorrect = {status: 422, code: 'code_incorrect'};
  const otherDigit = (digit: string) => String((Number(digit) + 1 + randomInt(9)) % 10);
  return [
    {name: 'read nobody’s', request: read(nobodys), expected: missing},
    {name: 'read another’s', request: read(foreign.id), expected: missing},
    {name: 'read own', request: read(a.id), expected: {status: 200}},
    {name: 'check nobody’s', request: check(nobodys, '123456'), expected: missing},
    {name: 'check another’s', request: check(foreign.id, '123456'), expected: missing},
    {name: 'check far off', request: check(a.id, [...a.code].map(otherDigit).join('')), expected: incorrect},
    {
      name: 'check close',
      request: check(b.id, b.code.slice(0, -1) + otherDigit(b.code.slice(-1))),
      expected: incorrect,
    },
  ];
}

function ask(connection: Connection, request: string): Promise<{answer: Answer; micros: number}> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    connection.send(request, (answer) => resolve({answer, micros: (performance.now() - startedAt) * 1000}));
  });
}

function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((item) => ({item, at: Math.random()}))
    .toSorted((a, b) => a.at - b.at)
    .map(({item}) => item);
}

/** Prints a line a pair, and gives the exit code. */
function judge(times: ReadonlyMap<string, readonly number[]>): number {
  const judged = pairs.map((pair) => {
    const [a = [], b = []] = pair.of.map((name) => times.get(name));
    return {...pair, result: compare(a, b)};
  });
  console.log(
    `${samples} samples each; median difference in µs with its 99 % interval; the chance that the second takes longer`,
  );
  for (const {what, result, alike} of judged) console.log(line(what, result, alike));
  if (judged.some(({alike, result}) => alike && result.pValue < significance)) return 1;
  if (judged.some(({alike, result}) => !alike && result.pValue >= significance)) {
    console.log('This machine is too noisy: what does differ is not told apart either.');
    return 2;
  }
  console.log('Nothing that should look alike is told apart by its time.');
  return 0;
}

function line(
  what: string,
  {medianDifference, interval: [low, high], longer, pValue}: Comparison,
  alike: boolean,
): string {
  const apart = pValue < significance;
  const verdict = apart === alike ? 'NOT AS IT SHOULD BE' : 'as it should be';
  return `  ${what.padEnd(42)} ${medianDifference.toFixed(1).padStart(7)} [${low.toFixed(1)}, ${high.toFixed(1)}]  ${longer.toFixed(3)}  p ${pValue.toExponential(1)}  ${apart ? 'told apart' : 'alike'}, ${verdict}`;
}
