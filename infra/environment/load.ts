import {readFileSync} from 'node:fs';
import {relative} from 'node:path';
import {LineCounter, parseDocument, type YAMLError} from 'yaml';
import {defaults} from './defaults.ts';
import {EnvironmentError} from './errors.ts';
import {type Fault, faultsOf} from './faults.ts';
import {fileSchema} from './file-schema.ts';
import {isTree, mergeLayers} from './layers.ts';
import {locateEnvironment} from './locate.ts';
import {presets} from './presets.ts';
import {rulesBroken} from './rules.ts';
import {type Environment, environmentSchema} from './schema.ts';

export interface LoadedEnvironment {
  readonly name: string;
  readonly file: string;
  readonly environment: Environment;
  /** Dotted path → "default", "preset eks" or the file. */
  readonly sources: ReadonlyMap<string, string>;
}

/**
 * Reads an environment: defaults, then its preset, then its file.
 * @throws EnvironmentError with every fault of the file.
 */
export function loadEnvironment(nameOrPath: string, root: string): LoadedEnvironment {
  const {name, file} = locateEnvironment(nameOrPath, root);
  const shown = relative(process.cwd(), file).startsWith('..') ? file : relative(process.cwd(), file);
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(file, 'utf8'), {lineCounter: lines});
  if (document.errors.length > 0) throw new EnvironmentError(document.errors.map((error) => syntaxFault(shown, error)));

  const written: unknown = document.toJS() ?? {};
  if (!isTree(written)) throw new EnvironmentError([`${shown}: got ${quote(written)}, expected keys and values`]);
  const say = (faults: readonly Fault[]) => {
    if (faults.length > 0) throw new EnvironmentError(faults.map((fault) => describe(shown, document, lines, fault)));
  };
  say(faultsOf(fileSchema, written));

  const preset = (written.preset ?? defaults.preset) as Environment['preset'];
  const {values, sources} = mergeLayers([
    {source: 'default', values: defaults},
    {source: `preset ${preset}`, values: presets[preset]},
    {source: shown, values: written},
  ]);
  say(faultsOf(environmentSchema, values));
  const environment = values as Environment;
  say(rulesBroken(environment));
  return {name, file, environment, sources};
}

function describe(file: string, document: ReturnType<typeof parseDocument>, lines: LineCounter, fault: Fault): string {
  const node: unknown = document.getIn(fault.path, true);
  const range = isTree(node) && Array.isArray(node.range) ? node.range : undefined;
  const where = typeof range?.[0] === 'number' ? `${file}:${lines.linePos(range[0]).line}` : file;
  return `${where}: ${fault.path.join('.')}: got ${quote(fault.value)}, expected ${fault.expected}`;
}

function syntaxFault(file: string, error: YAMLError): string {
  return `${file}:${error.linePos?.[0].line ?? 1}: ${error.message}`;
}

function quote(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
