import {describe, expect, it} from 'vitest';
import {testPolicy} from '../testing/test-policy.ts';
import {type Policy, policyProblems} from './policy.ts';

const policy = (changes: Partial<Policy> = {}) => testPolicy('login', {channels: ['sms'], ...changes});

describe('a policy', () => {
  it('of six digits, five minutes and five attempts is fine', () => {
    expect(policyProblems(policy())).toEqual([]);
  });

  it('of fewer than six digits must say that it is below NIST', () => {
    expect(policyProblems(policy({codeLength: 5}))).toEqual([expect.stringContaining('gives 100000 codes')]);
    expect(policyProblems(policy({codeLength: 5, belowNist: true}))).toEqual([]);
    expect(policyProblems(policy({codeLength: 5, alphabet: 'alphanumeric'}))).toEqual([]);
  });

  it('that lives longer than ten minutes must say that it is below NIST', () => {
    expect(policyProblems(policy({lifetimeSeconds: 601}))).toEqual([expect.stringContaining('601')]);
    expect(policyProblems(policy({lifetimeSeconds: 601, belowNist: true}))).toEqual([]);
  });

  it('that a guesser beats too easily is refused, with the arithmetic', () => {
    expect(policyProblems(policy({codeLength: 4, belowNist: true}))).toEqual([
      'a guesser has min(blockAfter 100, maxAttempts 5 × 288 codes of 300 s a day) = 100 guesses at 10000 codes, a chance of 1 in 100, worse than 1 in 1000; use more symbols or a lower blockAfter',
    ]);
    expect(policyProblems(policy({codeLength: 4, belowNist: true, blockAfter: 10}))).toEqual([]);
  });

  it('must let a recipient use all its attempts', () => {
    expect(policyProblems(policy({blockAfter: 4}))).toEqual([
      expect.stringContaining('blockAfter 4 is less than maxAttempts 5'),
    ]);
  });
});
