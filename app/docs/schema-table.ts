import {table} from './markdown.ts';

/** What of JSON Schema the service's schemas use. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** A field, with the fields inside it behind it. */
export interface Field {
  /** `outer.inner`; `[]` stands behind a list, `NAME` for any name. */
  readonly path: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
}

export function fieldsOf(schema: JsonSchema, prefix = ''): Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const path = `${prefix}${name}`;
    const required = (schema.required ?? []).includes(name) && member.default === undefined;
    return [{path, schema: member, required}, ...fieldsWithin(member, path)];
  });
}

function fieldsWithin(schema: JsonSchema, path: string): Field[] {
  if (schema.items?.properties !== undefined) return fieldsOf(schema.items, `${path}[].`);
  const [named] = Object.values(schema.patternProperties ?? {});
  if (named !== undefined) return fieldsOf(named, `${path}.NAME.`);
  return fieldsOf(schema, `${path}.`);
}

/** A table of all fields of an object that callers or operators write. */
export function inputTable(schema: JsonSchema): string {
  return table(
    ['Field', 'Type', 'Default', ''],
    fieldsOf(schema).map(({path, schema: field, required}) => [
      `\`${path}\``,
      typeOf(field),
      field.default === undefined ? (required ? 'required' : '–') : code(field.default),
      field.description ?? '',
    ]),
  );
}

/** A table of all fields of an object that the service answers with. */
export function answerTable(schema: JsonSchema): string {
  return table(
    ['Field', 'Type', 'There', ''],
    fieldsOf(schema).map(({path, schema: field, required}) => [
      `\`${path}\``,
      typeOf(field),
      required ? 'always' : 'at times',
      field.description ?? '',
    ]),
  );
}

/** The type in words, with its bounds. */
function typeOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return alternatives.map(typeOf).join(' or ');
  if (typeof schema.type === 'object') return schema.type.map((type) => typeOf({...schema, type})).join(' or ');
  if (schema.type === 'array') return `list of ${schema.items === undefined ? 'anything' : typeOf(schema.items)}`;
  if (schema.type === 'integer') return `whole number${range(schema.minimum, schema.maximum, '')}`;
  if (schema.type === 'string')
    return schema.format === 'date-time'
      ? 'time (RFC 3339)'
      : `text${range(schema.minLength, schema.maxLength, ' characters')}`;
  const keys = Object.keys(schema.properties ?? {});
  if (schema.type === 'object' && keys.length === 1) return `\`{${keys[0]}: …}\``;
  return schema.type ?? 'anything';
}

function range(min: number | undefined, max: number | undefined, unit: string): string {
  if (max === undefined) return min === undefined || min <= 1 ? '' : `, at least ${min}${unit}`;
  return min === undefined ? `, at most ${max}${unit}` : `, ${min} to ${max}${unit}`;
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
