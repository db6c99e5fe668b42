import fp from 'fastify-plugin';
import {type FieldError, maxFieldErrors, Problem} from '../errors.ts';

const maxDepth = 8;

/** Refuses text that cannot be stored and compared faithfully: NUL, and halves of surrogate pairs. */
export const wellFormedPlugin = fp(async (app) => {
  app.addHook('preValidation', (request, _reply, done) => {
    const errors: FieldError[] = [];
    inspect(request.body, '', errors, 0);
    inspect(request.query, '/querystring', errors, 0);
    if (errors.length > 0)
      throw new Problem({
        code: 'invalid_request',
        detail: errors.map(({pointer, detail}) => `${pointer} ${detail}`).join('; '),
        errors,
      });
    done();
  });
});

function inspect(value: unknown, pointer: string, errors: FieldError[], depth: number): void {
  if (errors.length >= maxFieldErrors) return;
  if (depth > maxDepth) {
    errors.push({pointer, detail: `is nested deeper than ${maxDepth} levels`});
  } else if (typeof value === 'string') {
    if (value.includes('\0')) errors.push({pointer, detail: 'holds the character NUL'});
    if (!value.isWellFormed()) errors.push({pointer, detail: 'holds half of a surrogate pair, which is no character'});
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) inspect(member, `${pointer}/${key}`, errors, depth + 1);
  }
}
