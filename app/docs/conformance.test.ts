import {existsSync, readFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {pathOf} from './pages.ts';

const page = readFileSync(pathOf('docs/conformance.md'), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (Clause|#) \|/.test(line))
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));

/** The tests that a cell cites: `file`: “name”, “name”. */
function citationsIn(cell: string): {file: string; name: string}[] {
  let file = '';
  return [...cell.matchAll(/`([^`]+\.ts)`|“([^”]+)”/g)].flatMap(([, path, name]) => {
    if (path !== undefined) file = path;
    return name === undefined ? [] : [{file, name}];
  });
}

/** Whether the file has a test of exactly this name. */
function hasTest(file: string, name: string): boolean {
  const literal = name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  // The name is the first argument of it, test, or of what `.each` gives.
  return new RegExp(`\\(\\s*(['"\`])${literal}\\1,`).test(readFileSync(pathOf(file), 'utf8'));
}

describe('docs/conformance.md', () => {
  it('names files that exist', () => {
    const paths = [...page.matchAll(/`((?:app|chaos|infra|stacks|loadtests)\/[^`]+)`/g)].map(([, path]) => path ?? '');
    expect(paths.length).toBeGreaterThan(20);
    expect(paths.filter((path) => !existsSync(pathOf(path)))).toEqual([]);
  });

  it('cites tests that exist under these names', () => {
    const cited = rows.flatMap((row) => citationsIn(row[3] ?? ''));
    expect(cited.length).toBeGreaterThan(40);
    expect(cited.filter(({file, name}) => !hasTest(file, name))).toEqual([]);
  });

  it('has for every clause a test, or says why there is none', () => {
    const unshown = rows.filter(
      ([, , where = '', shown = '']) => citationsIn(shown).length === 0 && !/^(not yet|the caller’s)/.test(where),
    );
    expect(unshown).toEqual([]);
  });

  it('has a row for each of the 25 faults', () => {
    const numbers = rows.map(([first = '']) => first).filter((first) => /^\d+$/.test(first));
    expect(numbers).toEqual(Array.from({length: 25}, (_, index) => String(index + 1)));
  });
});
