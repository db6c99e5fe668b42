import {globSync, readFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';

/** What would tell somebody who measures time how far a guess of it was right. */
const secretName = /(mac|digest|proof|secret|password|signature|fingerprint|sha256|apikey|nonce|code|token)$/i;
/** Compared with one of these nothing secret is compared. */
const literal = /^(undefined|null|true|false|['"`\d].*|.*['"`])$/;
const comparison = /([\w$.?!)\]'"`]+)\s*[!=]==?\s*\(*([\w$.?!'"`]+)(?![\w$.?!'"`]|\s*[!=]==)/g;
const equals = /([\w$.?!)\]'"`]+)\.equals\(/g;

/** Comparisons that may end at the first byte that differs, of what is secret by its name. */
function comparisons(source: string): string[] {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
  const ofOperators = [...code.matchAll(comparison)].filter(({1: left = '', 2: right = '', index}) => {
    const operands = [left.endsWith(')') ? calledBefore(code, index + left.length) : left, right];
    return !operands.some((each) => literal.test(each)) && operands.some((each) => secretName.test(nameOf(each)));
  });
  return [...ofOperators, ...code.matchAll(equals)].map(([text]) => text);
}

/** The last name in `record.mac`, `codes[0]`, `value!`. */
function nameOf(operand: string): string {
  return /([\w$]+)[?!\]]*$/.exec(operand)?.[1] ?? '';
}

/** What is called in the call that ends before `end`. */
function calledBefore(code: string, end: number): string {
  let depth = 0;
  for (let at = end - 1; at >= 0; at--) {
    if (code[at] === ')') depth++;
    else if (code[at] === '(' && --depth === 0) return /[\w$.?!]*$/.exec(code.slice(0, at))?.[0] ?? '';
  }
  return '';
}

const sources = globSync('app/**/*.ts', {
  exclude: ['**/*.test.ts', 'app/{bench,build,docs,testing,timing}/**', 'app/store/contract/**'],
});

describe('in the code of the service', () => {
  it('chance that can be foretold decides how long to wait and whom to ask first, and nothing else', () => {
    const users = sources.filter((file) => readFileSync(file, 'utf8').includes('Math.random'));
    expect(users.toSorted()).toEqual([
      'app/domain/backoff.ts',
      'app/fallback/creation.ts',
      'app/fallback/part-breakers.ts',
      'app/fallback/store-breaker.ts',
      'app/peers/peer-directory.ts',
      'app/store/redis/cluster.ts',
      'app/store/retrying-store.ts',
    ]);
  });

  it('what is secret is compared in constant time, or is a keyed hash that the caller cannot choose', () => {
    const found = sources.flatMap((file) => comparisons(readFileSync(file, 'utf8')).map((text) => `${file}: ${text}`));
    const known = [
      // Of what is configured with what is configured: nobody who asks for something has a say in it.
      "app/config/settings.ts: 'base64').equals(",
      'app/config/settings.ts: key.secret.equals(',
      'app/rotation.ts: !settings.pseudonymKey.equals(',
      // With zeros, which say that no process holds the verification.
      'app/domain/verification-id.ts: holder.equals(',
      // As the scripts in Redis do: of keyed hashes of a fixed length, which the caller cannot choose.
      'app/store/memory-holdings.ts: known?.fingerprint === fingerprint',
      'app/store/memory-store.ts: record.bindingMac === (presented.bindingMac',
      'app/store/memory-store.ts: record.fingerprint === idempotency?.fingerprint',
      'app/store/memory-store.ts: record.mac === presented.mac',
    ];
    expect(found.toSorted()).toEqual(known.toSorted());
  });
});

describe('a comparison is found', () => {
  it.each([
    'if (given === expected.mac) return;',
    'if (digest != given) return;',
    'if (codeMac(keys, client, id, typed(code)) === given) return;',
    'if (given !== (record?.apiKey ?? "")) return;',
    'return a.equals(b);',
    'return secret\n  == other;',
  ])('in %s', (source) => {
    expect(comparisons(source)).toHaveLength(1);
  });

  it.each([
    "if (error.code === 'ECONNRESET') return;",
    'if (secret === undefined) return;',
    'if (typeof code !== "string") return;',
    '// a mac == another mac',
    'if (isSameProof(given, expected)) return;',
    'if (names.length === other) return;',
  ])('not in %s', (source) => {
    expect(comparisons(source)).toEqual([]);
  });
});
