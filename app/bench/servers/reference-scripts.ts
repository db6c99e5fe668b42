import {createHash} from 'node:crypto';
import type {Redis} from 'ioredis';

/**
 * Scripts that say and hear as much as the service's do, and write as much, but decide nothing: the same number of keys
 * and arguments, the same 17 values in the answer.
 */

const snapshot = `'p', v[2], '1800000000000', '1800000600000', '5', v[3], '0', 'q', '', '1800000000000', 0, 0, 0, 1800000030000`;

export const referenceScripts = {
  create: script(`
redis.call('HSET', KEYS[1], 's', 'p', 'm', ARGV[2], 'w', ARGV[5], 'e', ARGV[7], 'c', ARGV[7], 'f', 0, 'a', ARGV[9], 'r', 0,
  'd', 'q', 'u', ARGV[7], 'i', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[8])
redis.call('HSET', KEYS[2], 'v', ARGV[1], 'q', ARGV[11])
redis.call('PEXPIRE', KEYS[2], ARGV[8])
redis.call('XADD', KEYS[3], '*', 'i', ARGV[6], 'c', ARGV[4], 'a', ARGV[5], 'e', ARGV[7], 'r', 0)
local v = {'p', ARGV[3], '0'}
return {'created', 0, 1800000000000, ${snapshot}}`),
  check: script(`
local v = redis.call('HMGET', KEYS[1], 'm', 'i', 'f')
local kind = 'incorrect'
if v[1] == ARGV[2] then
  kind = 'approved'
  redis.call('HSET', KEYS[1], 's', 'a')
  redis.call('HDEL', KEYS[1], 'm', 'w')
else
  redis.call('HINCRBY', KEYS[1], 'f', 1)
  redis.call('HSET', KEYS[2], 'n', 1, 'w', 0, 'l', 0)
end
return {kind, 0, 1800000000000, ${snapshot}}`),
  read: script(`
local v = redis.call('HMGET', KEYS[1], 's', 'i', 'f')
return {'found', 0, 1800000000000, ${snapshot}}`),
} as const;

interface Script {
  readonly text: string;
  readonly sha1: string;
}

function script(text: string): Script {
  return {text, sha1: createHash('sha1').update(text).digest('hex')};
}

export async function loadScripts(redis: Redis): Promise<void> {
  for (const {text} of Object.values(referenceScripts)) await redis.script('LOAD', text);
}

/** As long as the service's own keys. */
export function referenceKeys(id: string): [verification: string, recipient: string, outbox: string] {
  const tag = id.slice(-11);
  return [`ref:{p00}:v:${tag}`, `ref:{p00}:r:${id.slice(-16)}`, 'ref:{p00}:outbox'];
}

/** What the service tells as `info`. */
export const referenceInfo = JSON.stringify({channel: 'email', to: 'u***@bench.example'});

/** The code of every verification of floor and bare, so that right and wrong checks can be told apart. */
export const referenceCode = '123456';

/** The numbers that the service's check sends along. */
export const checkNumbers = [3_600_000, 100, 3, 1000, 4000, 30_000, 3_600_000, 34_560_000_000] as const;
/** The numbers that the service's create sends along. */
export const createNumbers = [600_000, 3_600_000, 5, 2, 30_000] as const;

/** An answer that is as long as the service's. */
export function referenceVerification(id: string) {
  return {
    id,
    status: 'pending' as const,
    channel: 'email' as const,
    to: 'u***@bench.example',
    policy: 'login',
    createdAt: '2027-01-15T08:00:00.000Z',
    expiresAt: '2027-01-15T08:10:00.000Z',
    attemptsRemaining: 5,
    delivery: {status: 'queued' as const, updatedAt: '2027-01-15T08:00:00.000Z'},
    next: {
      check: {allowed: true},
      resend: {email: {allowed: false, at: '2027-01-15T08:00:30.000Z'}},
      create: {allowed: false, at: '2027-01-15T08:00:30.000Z'},
    },
  };
}

/** As long as the service's answer to a wrong code. */
export function referenceProblem(id: string, instance: string) {
  return {
    type: 'urn:otp-service:error:code_incorrect',
    title: 'The code is not right',
    status: 422,
    detail: 'The code is not right. Attempts that remain: 4.',
    instance: `urn:uuid:${instance}`,
    code: 'code_incorrect',
    attemptsRemaining: 4,
    verification: referenceVerification(id),
  };
}
