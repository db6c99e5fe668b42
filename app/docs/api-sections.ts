import {errorGuide} from '../error-guide.ts';
import {type ErrorCode, errorTable} from '../errors.ts';
import {table} from './markdown.ts';
import {answerTable, inputTable, type JsonSchema} from './schema-table.ts';
import {statusGuide} from './status-guide.ts';

interface Content {
  readonly content?: Readonly<Record<string, {readonly schema: JsonSchema}>>;
}

interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly {readonly in: string; readonly name: string; readonly description?: string}[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content & {readonly description?: string}>>;
}

/** What of an OpenAPI document the page shows. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** The generated sections of docs/api.md. */
export function apiSections({paths}: ApiDocument): Record<string, string> {
  const verification = verificationIn(paths);
  return {
    routes: Object.entries(paths)
      .flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) =>
          route(method, path, operation, Object.keys(verification.properties ?? {})),
        ),
      )
      .join('\n\n'),
    verification: answerTable(verification),
    states: table(
      ['Status', ''],
      Object.entries(statusGuide).map(([status, meaning]) => [`\`${status}\``, meaning]),
    ),
    errors: Object.keys(errorTable)
      .map((code) => errorSection(code as ErrorCode))
      .join('\n\n'),
  };
}

function route(method: string, path: string, operation: Operation, known: readonly string[]): string {
  const {summary, description, parameters = [], requestBody, responses} = operation;
  const body = schemaOf(requestBody);
  const headers = parameters.filter((parameter) => parameter.in === 'header');
  const answers = Object.entries(responses).filter(
    ([, {content}]) => content?.['application/problem+json'] === undefined,
  );
  return [
    `### ${method.toUpperCase()} ${path}`,
    `${summary}.${description === undefined ? '' : ` ${description}`}`,
    headers.map(({name, description: about}) => `Header \`${name}\`: ${about}.`).join('\n\n'),
    body?.properties === undefined ? '' : inputTable(body),
    `Answers ${answers.map(([status, response]) => `${status}${titleOf(response, known)}`).join(' or ')}.${errorList(responses)}`,
  ]
    .filter((paragraph) => paragraph !== '')
    .join('\n\n');
}

function titleOf(response: Content, known: readonly string[]): string {
  const schema = schemaOf(response) as (JsonSchema & {title?: string}) | undefined;
  if (schema !== undefined && isVerification(schema))
    return ` with the [verification](#the-verification)${more(schema, known)}`;
  const list = schema?.items as {title?: string} | undefined;
  if (list?.title !== undefined) return ` with a list of ${list.title.toLowerCase()} objects`;
  if (schema?.title !== undefined) return ` with a ${schema.title.toLowerCase()} object`;
  return schema === undefined ? ' without a body' : '';
}

function isVerification({properties = {}}: JsonSchema): boolean {
  return 'attemptsRemaining' in properties && 'next' in properties;
}

/** What an answer has beyond a verification. */
function more({properties = {}}: JsonSchema, known: readonly string[]): string {
  const further = Object.entries(properties).filter(([name]) => !known.includes(name));
  if (further.length === 0) return '';
  return ` and at times ${further.map(([name, {description}]) => `\`${name}\` (${description})`).join(', ')}`;
}

function errorList(responses: Operation['responses']): string {
  const codes = Object.values(responses).flatMap(
    ({content}) => (content?.['application/problem+json']?.schema.properties?.code?.enum ?? []) as ErrorCode[],
  );
  if (codes.length === 0) return '';
  return ` Errors: ${codes.map((code) => `[\`${code}\`](#${code})`).join(', ')}.`;
}

function schemaOf(content: Content | undefined): JsonSchema | undefined {
  return content?.content?.['application/json']?.schema;
}

function verificationIn(paths: ApiDocument['paths']): JsonSchema {
  const schema = schemaOf(paths['/v1/verifications/{id}']?.get?.responses['200']);
  if (schema === undefined) throw new Error('the OpenAPI document has no GET /v1/verifications/{id}');
  return schema;
}

function errorSection(code: ErrorCode): string {
  const {status, title} = errorTable[code];
  const {meaning, when, action} = errorGuide[code];
  const advice = `- **When:** ${when}\n- **What to do:** ${action}`;
  // The heading is the code alone, so that its anchor is #code.
  return [`### ${code}`, `**${status}** ${title}.`, meaning, advice].join('\n\n');
}
