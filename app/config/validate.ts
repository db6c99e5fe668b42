import {Ajv, type ErrorObject} from 'ajv';
import formats from 'ajv-formats';
import type {TSchema} from 'typebox';
import {quote} from './problems.ts';

// It runs once: code that is not optimised is there in half the time.
const ajv = new Ajv({
  allErrors: true,
  useDefaults: true,
  discriminator: true,
  verbose: true,
  strict: false,
  code: {optimize: false},
});
formats.default(ajv);

/** Fills in the schema's defaults (in place) and says what is wrong, a sentence each: where, which value, what was expected. */
export function validate(schema: TSchema, value: unknown): string[] {
  const check = ajv.compile(schema);
  if (check(value)) return [];
  const errors = check.errors ?? [];
  // Where none of several shapes fits, the shapes' own complaints help nobody: their description does.
  const alternatives = errors.filter(({keyword}) => keyword === 'anyOf').map(({instancePath}) => instancePath);
  const shown = errors.filter(
    ({keyword, instancePath}) =>
      keyword === 'anyOf' || !alternatives.some((path) => instancePath === path || instancePath.startsWith(`${path}/`)),
  );
  return [...new Set(shown.map(sentence))];
}

function sentence(error: ErrorObject): string {
  const {keyword, instancePath, params, data, parentSchema} = error;
  const where = instancePath === '' ? 'the file' : instancePath.slice(1).replaceAll('/', '.').replaceAll('~1', '/');
  const description = typeof parentSchema?.description === 'string' ? parentSchema.description : undefined;
  if (keyword === 'additionalProperties') return `${where}: ${quote(params.additionalProperty)} is not known here`;
  if (keyword === 'required') return `${where}: ${quote(params.missingProperty)} is missing`;
  if (keyword === 'enum') return `${where}: ${quote(data)} is not one of ${params.allowedValues.join(', ')}`;
  if (keyword === 'discriminator')
    return `${where}: "kind" is ${quote(params.tagValue)}, expected ${kindsOf(parentSchema)}`;
  // A secret in the wrong place is still one.
  const shown = /(^|\.)(password|sha256|authToken|secrets|privateKey|headers)(\.|$)/.test(where)
    ? 'not quoted'
    : quote(data);
  const expected =
    keyword === 'anyOf' || keyword === 'pattern'
      ? (description ?? error.message)
      : `${error.message}${description === undefined ? '' : ` (${description})`}`;
  return `${where}: ${shown}, expected ${expected}`;
}

/** The kinds among which a value chooses, in words. */
function kindsOf(schema: ErrorObject['parentSchema']): string {
  const kinds = ((schema?.oneOf ?? []) as {properties?: {kind?: {const?: string}}}[]).flatMap(
    ({properties}) => properties?.kind?.const ?? [],
  );
  return `${kinds.slice(0, -1).join(', ')} or ${kinds.at(-1)}`;
}
