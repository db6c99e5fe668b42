import type {TSchema} from 'typebox';
import {Settings} from 'typebox/system';
import Value from 'typebox/value';

// All faults at once; the library stops after 8 by default.
Settings.Set({maxErrors: 100});

export interface Fault {
  /** Keys from the top of the document. */
  readonly path: readonly string[];
  readonly value: unknown;
  readonly expected: string;
}

/** What a document has that its schema does not allow, and what the schema wants instead. */
export function faultsOf(schema: object, document: unknown): Fault[] {
  const errors = Value.Errors(schema as TSchema, document);
  const faults = errors.flatMap((error): Fault[] => {
    const path = error.instancePath.split('/').slice(1).map(unescapePointer);
    const at = (expected: string, ...more: string[]) => {
      const full = [...path, ...more];
      return {path: full, value: valueAt(document, full), expected};
    };
    switch (error.keyword) {
      case 'required':
        return error.params.requiredProperties.map((key) => at('a value: it is required', key));
      case 'additionalProperties':
        return error.params.additionalProperties.map((key) => at('no such key', key));
      case 'enum':
        return [at(`one of ${error.params.allowedValues.join(', ')}`)];
      case 'type':
        return [at(`${[error.params.type].flat().join(' or ')}`)];
      case 'minimum':
      case 'maximum':
        return [at(`${error.params.comparison} ${error.params.limit}`)];
      case 'pattern':
        return [at(`text that matches ${error.params.pattern}`)];
      case 'boolean':
        return [];
      default:
        return [at(error.message.replace(/^must /, 'to '))];
    }
  });
  return withoutAlternatives(
    faults,
    new Set(errors.filter(({keyword}) => keyword === 'anyOf').map(({instancePath}) => instancePath)),
  );
}

/** Of a union that fails, only the union itself is worth a line: its alternatives contradict one another. */
function withoutAlternatives(faults: Fault[], unions: ReadonlySet<string>): Fault[] {
  const inside = ({path}: Fault) => [...unions].some((union) => `/${path.join('/')}`.startsWith(`${union}/`));
  const seen = new Set<string>();
  return faults.filter((fault) => {
    const at = fault.path.join('/');
    const ofUnion = unions.has(`/${at}`);
    if (inside(fault) || (ofUnion && seen.has(at))) return false;
    seen.add(at);
    return true;
  });
}

function valueAt(document: unknown, path: readonly string[]): unknown {
  let value = document;
  for (const key of path) value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  return value;
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
