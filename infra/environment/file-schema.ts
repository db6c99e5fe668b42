import {environmentSchema} from './schema.ts';

type Node = {readonly [key: string]: unknown};

const required = ['context', 'namespace'];

/**
 * The schema of an environment *file*: the same keys as an environment, of which a file must have two, because presets
 * and defaults fill in the rest. Written beside the YAML files for editors.
 */
export const fileSchema: Node = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  ...withoutRequired(JSON.parse(JSON.stringify(environmentSchema))),
  required,
};

/** Drops `required` of sections, but not inside the alternatives of a union, where it tells them apart. */
function withoutRequired(node: Node): Node {
  const {required: _dropped, properties, ...rest} = node;
  if (properties === undefined) return node;
  const below = Object.entries(properties as Node).map(([key, value]) => [
    key,
    key === 'service' ? value : withoutRequired(value as Node),
  ]);
  return {...rest, properties: Object.fromEntries(below)};
}
