import {describe, expect, it} from 'vitest';
import {stackNames} from '../lib/names.ts';
import {readArguments} from './arguments.ts';

const accepts = {usage: 'npm run deploy -- --env NAME [stack…]', stacks: true};

describe('arguments', () => {
  it('name an environment', () => {
    expect(() => readArguments([], accepts)).toThrow('--env NAME is required\nusage: npm run deploy');
  });

  it('without a stack mean all of them', () => {
    expect(readArguments(['--env', 'a'], accepts).stacks).toEqual(stackNames);
  });

  it("may name stacks, whose order is not the caller's", () => {
    expect(readArguments(['--env', 'a', 'app', 'redis'], accepts).stacks).toEqual(['redis', 'app']);
  });

  it('that name an unknown stack are refused with those there are', () => {
    expect(() => readArguments(['--env', 'a', 'web'], accepts)).toThrow(
      `unknown stack "web", expected ${stackNames.join(', ')}`,
    );
  });

  it('that the command does not take are refused, so that --all never counts where it means nothing', () => {
    expect(() => readArguments(['--env', 'a', '--all'], accepts)).toThrow(/--all.*\nusage/s);
  });

  it('name one of the things that a command is for, and nothing else', () => {
    const rotate = {usage: 'npm run rotate', choices: ['redis', 'secret-key']};
    expect(readArguments(['--env', 'a', 'redis'], rotate).choice).toBe('redis');
    for (const words of [[], ['everything'], ['redis', 'secret-key']])
      expect(() => readArguments(['--env', 'a', ...words], rotate)).toThrow(
        `got "${words.join(' ')}", expected one of redis, secret-key`,
      );
  });
});
