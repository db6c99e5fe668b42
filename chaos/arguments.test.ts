import {expect, test} from 'vitest';
import {parseChaosArguments} from './arguments.ts';
import {matrixText} from './help.ts';
import {scenarios} from './scenarios/index.ts';

test('a scenario alone runs once, on processes, against the service of this project', () => {
  const options = parseChaosArguments(['redis-restart']);
  expect(options).toMatchObject({kind: 'run', executor: 'processes', seeds: [1], scenarios: [{name: 'redis-restart'}]});
  expect(options.kind === 'run' && options.serviceEntry).toMatch(/\/app\/main\.ts$/);
});

test('seeds count up from the first, so that a single one can be repeated', () => {
  expect(parseChaosArguments(['redis-restart', '--seeds', '3'])).toMatchObject({seeds: [1, 2, 3]});
  expect(parseChaosArguments(['redis-restart', '--seed', '17'])).toMatchObject({seeds: [17]});
});

test('"all" means every scenario that the executor can run', () => {
  const options = parseChaosArguments(['all']);
  expect(options.kind === 'run' && options.scenarios).toEqual(scenarios);
});

test('an executor that cannot do the fault is refused, with those that can', () => {
  expect(() => parseChaosArguments(['redis-freeze', '--executor', 'kubernetes'])).toThrow(
    "--executor kubernetes can't do freeze-redis, which redis-freeze needs; it runs on: processes",
  );
  expect(() => parseChaosArguments(['kill-master', '--executor', 'kubernetes'])).toThrow(
    "--url '': --executor kubernetes needs",
  );
});

test.each([
  [[], 'name a scenario: redis-restart'],
  [['redis-restrat'], "unknown scenario 'redis-restrat'; there are: redis-restart"],
  [['redis-restart', 'redis-freeze'], 'one scenario at a time'],
  [['redis-restart', '--executor', 'docker'], "unknown executor 'docker'; there are: processes, kubernetes"],
  [['redis-restart', '--speed', 'fast'], "unknown speed 'fast'; there are: compressed, production"],
  [['redis-restart', '--jobs', '0'], "--jobs '0': expected a whole number from 1 to 16"],
  [['redis-restart', '--seeds', '0'], "--seeds '0': expected a whole number from 1"],
  [['redis-restart', '--seeds', 'many'], "--seeds 'many'"],
  [['redis-restart', '--seed', 'x'], "--seed 'x': expected a whole number from 1"],
  [['redis-restart', '--service-entry', 'nope.ts'], "--service-entry 'nope.ts': there is no file"],
])('%j is refused with what was expected', (argv, message) => {
  expect(() => parseChaosArguments(argv)).toThrow(message);
});

test('the matrix says of every scenario where it runs', () => {
  expect(matrixText()).toMatch(/redis-freeze +yes +- +SIGSTOP/);
});

test('pods run with the time-outs of production, and all that they can do is what "all" means there', () => {
  const options = parseChaosArguments(['all', '--executor', 'kubernetes', '--url', 'https://otp.example/']);
  expect(options).toMatchObject({speed: 'production', url: 'https://otp.example'});
  expect(options.kind === 'run' && options.scenarios.map(({name}) => name)).toEqual([
    'kill-master',
    'delete-master',
    'redis-outage',
  ]);
});
