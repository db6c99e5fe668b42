import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {createTestApp} from '../testing/test-app.ts';
import {type ApiDocument, apiSections} from './api-sections.ts';
import {configurationSections} from './configuration-sections.ts';
import {fill} from './markdown.ts';
import {templateSections} from './template-sections.ts';

export interface Page {
  readonly path: string;
  /** What it holds. */
  readonly written: string;
  /** What it should hold. */
  readonly generated: string;
}

/** The pages under docs/ that have generated sections. */
export async function readPages(): Promise<Page[]> {
  const {app} = await createTestApp();
  await app.ready();
  const api = app.swagger() as unknown as ApiDocument;
  await app.close();
  return [
    page('docs/api.md', apiSections(api)),
    page('docs/configuration.md', configurationSections()),
    page('docs/templates.md', templateSections()),
  ];
}

function page(path: string, sections: Record<string, string>): Page {
  const written = readFileSync(pathOf(path), 'utf8');
  return {path, written, generated: fill(written, sections)};
}

export function pathOf(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}
