// npm run docs: writes the generated sections of the pages under docs/ anew.
import {writeFileSync} from 'node:fs';
import {pathOf, readPages} from './pages.ts';

for (const {path, written, generated} of await readPages()) {
  writeFileSync(pathOf(path), generated);
  console.log(`${path}: ${generated === written ? 'unchanged' : 'written'}`);
}
