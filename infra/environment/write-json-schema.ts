import {writeFileSync} from 'node:fs';
import {projectRoot} from '../lib/project-root.ts';
import {jsonSchemaFile, jsonSchemaText} from './json-schema.ts';

writeFileSync(jsonSchemaFile(projectRoot), jsonSchemaText());
