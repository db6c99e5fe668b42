// npm run docs: writes the generated sections of the infrastructure's pages anew.
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {projectRoot} from '../lib/project-root.ts';
import {readInfraPages} from './pages.ts';

for (const {path, written, generated} of readInfraPages()) {
  writeFileSync(join(projectRoot, path), generated);
  console.log(`${path}: ${generated === written ? 'unchanged' : 'written'}`);
}
