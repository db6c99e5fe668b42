import {describe, expect, it} from 'vitest';
import {mountSecret} from '../testing/mounted-secret.ts';
import {redisNetworkProblem} from './redis-settings.ts';
import {readSettings} from './settings.ts';

function read(environment: NodeJS.ProcessEnv) {
  const problems: string[] = [];
  return {problems, redis: readSettings(environment, problems).redis};
}

describe('the settings of Redis', () => {
  it.each([
    [
      {REDIS_URL: 'rediss://ada:p%40ss@[::1]/3'},
      {target: {kind: 'standalone', host: '::1', port: 6379, db: 3}, tls: true, waitReplicas: 0},
    ],
    [
      {REDIS_SENTINELS: 'a.example:26379, [::1]:26380', REDIS_TLS: 'on'},
      {
        target: {
          kind: 'sentinel',
          sentinels: [
            {host: 'a.example', port: 26379},
            {host: '::1', port: 26380},
          ],
          masterName: 'otp',
        },
        tls: true,
        waitReplicas: 1,
        waitMs: 500,
      },
    ],
    [
      {REDIS_CLUSTER: '127.0.0.1:7000', REDIS_WAIT_REPLICAS: '2', REDIS_WAIT_MS: '50'},
      {target: {kind: 'cluster', nodes: [{host: '127.0.0.1', port: 7000}]}, tls: false, waitReplicas: 2, waitMs: 50},
    ],
  ])('name one server, sentinels or a cluster: %j', (environment, expected) => {
    const {problems, redis} = read(environment);
    expect(problems).toEqual([]);
    expect(redis).toMatchObject(expected);
  });

  it.each([
    [{REDIS_SENTINELS: 'sentinel'}, ['REDIS_SENTINELS: "sentinel", expected HOST:PORT,HOST:PORT']],
    [{REDIS_CLUSTER: 'a:1,b:70000'}, ['REDIS_CLUSTER: "b:70000", expected HOST:PORT,HOST:PORT']],
    [{REDIS_CLUSTER: 'a:1', REDIS_URL: 'redis://a'}, ['REDIS_URL and REDIS_CLUSTER are set, expected one of them']],
    [{REDIS_URL: 'redis://a', REDIS_TLS: 'on'}, [expect.stringMatching(/^REDIS_TLS is set, but REDIS_URL says/)]],
    [
      {REDIS_TLS: 'yes'},
      ['REDIS_TLS: "yes", expected off, on', expect.stringMatching(/^REDIS_TLS is set, but REDIS_URL or/)],
    ],
    [{REDIS_URL: 'redis://a', REDIS_MASTER_NAME: 'otp'}, ['REDIS_MASTER_NAME is set, but REDIS_SENTINELS is not']],
    [{REDIS_PASSWORD: 'x'}, ['REDIS_PASSWORD is set, but REDIS_URL or REDIS_SENTINELS or REDIS_CLUSTER is not']],
    [
      {REDIS_URL: 'redis://a', REDIS_WAIT_MS: '900', STORE_TIMEOUT_MS: '900'},
      ['REDIS_WAIT_MS: "900", expected less than STORE_TIMEOUT_MS, 900'],
    ],
    [
      {REDIS_URL: 'redis://a', REDIS_CA_FILE: '/nowhere/ca.crt'},
      [expect.stringMatching(/^REDIS_CA_FILE: file \/nowhere/)],
    ],
  ])('refuse %j', (environment, expected) => {
    expect(read(environment).problems).toEqual(expected);
  });

  it('give an operation as long as each of its tries may take, or longer', () => {
    const deadlineOf = (environment: NodeJS.ProcessEnv) => readSettings(environment, []).storeDeadlineMs;
    expect(deadlineOf({})).toBe(2500);
    expect(deadlineOf({STORE_TIMEOUT_MS: '10000'})).toBe(10_000);
    expect(read({STORE_DEADLINE_MS: '500'}).problems).toEqual([
      'STORE_DEADLINE_MS: "500", expected at least STORE_TIMEOUT_MS, 1000',
    ]);
  });

  it.each([
    [{REDIS_URL: 'redis://redis.example:6379'}, /^REDIS_URL: redis:\/\/ .* expected rediss/],
    [{REDIS_SENTINELS: '127.0.0.1:1,10.0.0.1:1'}, /^REDIS_TLS: "off" .* expected on/],
    [{REDIS_CLUSTER: '10.0.0.1:1'}, /^REDIS_TLS: "off" .* expected on/],
  ])('let nothing in the clear over a network in production: %j', (environment, expected) => {
    const {redis} = read(environment);
    if (redis === undefined) throw new Error('no settings');
    expect(redisNetworkProblem(redis)).toMatch(expected);
    expect(redisNetworkProblem({...redis, tls: true})).toBeUndefined();
  });

  it('say the user and the password as their files say them now, and as they said last while one cannot be read', () => {
    using secret = mountSecret({password: 'first\n', url: 'redis://ada:in-url@127.0.0.1'});
    const sentinels = read({REDIS_SENTINELS: 'a:1', REDIS_PASSWORD_FILE: secret.path('password')}).redis;
    const url = read({REDIS_URL_FILE: secret.path('url')}).redis;
    expect(sentinels?.credentials()).toEqual({password: 'first'});
    expect(url?.credentials()).toEqual({username: 'ada', password: 'in-url'});
    secret.swap({password: 'second'});
    expect(sentinels?.credentials()).toEqual({password: 'second'});
    expect(url?.credentials()).toEqual({username: 'ada', password: 'in-url'});
    secret.swap({password: 'second', url: 'redis://ada:rotated@127.0.0.1'});
    expect(url?.credentials()).toEqual({username: 'ada', password: 'rotated'});
  });
});
