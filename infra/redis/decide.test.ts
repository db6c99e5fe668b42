import {execFileSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {describe, expect, it} from 'vitest';

const program = fileURLToPath(new URL('files/decide.awk', import.meta.url));

interface Facts {
  readonly me?: string;
  /** Whom two sentinels name. */
  readonly leader?: string;
  readonly data?: 'yes' | 'no';
  readonly seen?: readonly string[];
}

const decide = ({me = 'a', leader = '', data = 'yes', seen = []}: Facts) =>
  execFileSync(
    'awk',
    ['-v', `me=${me}`, '-v', `leader=${leader}`, '-v', `data=${data}`, '-v', 'hosts=a b c', '-f', program],
    {
      encoding: 'utf8',
      input: seen.map((line) => `${line}\n`).join(''),
    },
  ).trim();

describe('a pod that boots', () => {
  it('follows whom two sentinels name, whatever it has itself', () => {
    expect(decide({leader: 'b'})).toBe('replica b');
    expect(decide({leader: 'b', seen: ['a waiting yes 9 a', 'c running slave yes']})).toBe('replica b');
  });

  it('does not resume as master while a replica has been in step with it: that one may have more', () => {
    expect(decide({leader: 'a', seen: ['b running slave yes']})).toBe('wait for the failover: b has the data');
  });

  it('resumes as master when the others have restarted too', () => {
    expect(decide({leader: 'a', seen: ['b running slave no', 'c waiting yes 0 a']})).toBe('master');
    expect(decide({leader: 'a'})).toBe('master');
  });

  it('never starts empty where it is named master', () => {
    expect(decide({leader: 'a', data: 'no'})).toMatch(/^wait for a pod with data/);
  });

  describe('without a majority of sentinels', () => {
    it('waits until all three are there', () => {
      expect(decide({seen: ['a waiting yes 5 a', 'b waiting no 0 -']})).toMatch(/^wait for all pods .* 2 of 3/);
    });

    it('starts the lowest ordinal where nobody has anything: the first installation', () => {
      const seen = ['c waiting no 0 -', 'a waiting no 0 -', 'b waiting no 0 -'];
      expect(decide({me: 'a', data: 'no', seen})).toBe('master');
      expect(decide({me: 'b', data: 'no', seen})).toBe('wait for a to start as master');
    });

    it('starts the only pod with data', () => {
      const seen = ['a waiting no 0 -', 'b waiting yes 3 a', 'c waiting no 0 -'];
      expect(decide({me: 'b', seen})).toBe('master');
      expect(decide({me: 'a', data: 'no', seen})).toBe('wait for b to start as master');
    });

    it('starts the master of the highest epoch that any of them wrote down, if it has data', () => {
      const seen = ['a waiting yes 5 a', 'b waiting yes 7 c', 'c waiting yes 6 b'];
      expect(decide({me: 'c', seen})).toBe('master');
      expect(decide({me: 'a', seen})).toBe('wait for c to start as master');
    });

    it('compares epochs as numbers', () => {
      expect(decide({me: 'b', seen: ['a waiting yes 9 a', 'b waiting yes 10 b', 'c waiting no 0 -']})).toBe('master');
    });

    it.each([
      ['the last master has lost its data', ['a waiting no 7 a', 'b waiting yes 5 a', 'c waiting yes 6 b']],
      ['two masters have the same epoch', ['a waiting yes 5 a', 'b waiting yes 5 b', 'c waiting yes 0 -']],
      ['nobody knows a master', ['a waiting yes 0 -', 'b waiting yes 0 -', 'c waiting no 0 -']],
    ])('waits for a human where %s', (_why, seen) => {
      expect(decide({me: 'b', seen})).toMatch(/^wait for redis:promote/);
    });
  });
});
