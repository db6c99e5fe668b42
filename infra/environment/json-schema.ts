import {join} from 'node:path';
import {fileSchema} from './file-schema.ts';

/** Where editors find the schema: environments/*.yaml name it in their first line. */
export const jsonSchemaFile = (root: string) => join(root, 'environments', 'environment.schema.json');

export function jsonSchemaText(): string {
  return `${JSON.stringify(fileSchema, null, 2)}\n`;
}
