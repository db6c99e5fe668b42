import {describe, expect, it} from 'vitest';
import {readInfraPages} from './pages.ts';

describe('the generated pages of the infrastructure', () => {
  it.each(readInfraPages())('$path says what the code does', ({written, generated}) => {
    expect(written, 'run npm run docs').toBe(generated);
  });
});
