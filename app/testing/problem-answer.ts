import {expect} from 'vitest';

/** What a test app answers where it refuses: `expect(answer).toEqual(problem(…))`. */
export function problem(status: number, code: string) {
  return {
    status,
    headers: expect.objectContaining({'content-type': 'application/problem+json; charset=utf-8'}),
    body: expect.objectContaining({status, code}),
  };
}
