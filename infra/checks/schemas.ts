import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {Ajv, type ValidateFunction} from 'ajv';
import {projectRoot} from '../lib/project-root.ts';
import type {Manifest} from './manifests.ts';

export const schemaFolder = join(projectRoot, 'infra/checks/schemas');

/** As kubeconform's `{{.ResourceKind}}{{.KindSuffix}}.json`. */
export function schemaFile({apiVersion, kind}: Pick<Manifest, 'apiVersion' | 'kind'>): string {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : [undefined, apiVersion];
  const suffix = group === undefined ? version : `${group.split('.')[0]}-${version}`;
  return `${kind.toLowerCase()}-${suffix}.json`;
}

const ajv = new Ajv({strict: false, allErrors: true, validateFormats: false});
const compiled = new Map<string, ValidateFunction>();

/** What is wrong with an object, as the API server would say. @throws where there is no schema of its kind. */
export function schemaFaults(manifest: Manifest): string[] {
  const file = schemaFile(manifest);
  const validate: ValidateFunction =
    compiled.get(file) ?? ajv.compile(JSON.parse(readFileSync(join(schemaFolder, file), 'utf8')));
  compiled.set(file, validate);
  if (validate(manifest as unknown)) return [];
  return (validate.errors ?? []).map(
    ({instancePath, message, params}) =>
      `${manifest.kind} ${manifest.metadata.name}: ${instancePath || '/'} ${message} ${JSON.stringify(params)}`,
  );
}
