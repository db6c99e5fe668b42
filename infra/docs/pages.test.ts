import {existsSync, globSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {presetNames} from '../environment/preset-names.ts';
import {projectRoot} from '../lib/project-root.ts';
import {readInfraPages} from './pages.ts';

describe('the generated pages of the infrastructure', () => {
  it.each(readInfraPages())('$path says what the code does', ({written, generated}) => {
    expect(written, 'run npm run docs').toBe(generated);
  });

  describe('the pages of the platforms', () => {
    it.each(presetNames)('%s says what was not run by us, and how to verify it', (preset) => {
      const text = readFileSync(join(projectRoot, `docs/platforms/${preset}.md`), 'utf8');
      expect(text).toContain(`\`${preset}\``);
      expect(text).toMatch(/\n## Not run by us\n[\s\S]+To verify it on your cluster:\n\n```sh\n[\s\S]+```\n$/);
    });
  });

  describe('every page', () => {
    const pages = globSync('docs/**/*.md', {cwd: projectRoot});

    it.each(pages)('%s links to files that exist', (page) => {
      const text = readFileSync(join(projectRoot, page), 'utf8');
      const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target = '']) => target);
      expect(targets.filter((target) => !existsSync(join(projectRoot, dirname(page), target)))).toEqual([]);
    });
  });
});
