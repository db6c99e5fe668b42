import {describe, expect, it} from 'vitest';
import {fileSchema} from '../config/schema.ts';
import {errorGuide} from '../error-guide.ts';
import {errorTable} from '../errors.ts';
import {fill} from './markdown.ts';
import {readPages} from './pages.ts';
import {fieldsOf, type JsonSchema} from './schema-table.ts';

describe('the generated documentation', () => {
  it('is what the schemas and tables say now', async () => {
    for (const {path, written, generated} of await readPages())
      expect(written, `${path} is out of date: run npm run docs`).toBe(generated);
  });

  it('has a section for every error that a caller can meet, each with all its parts', async () => {
    const api = (await readPages()).find(({path}) => path === 'docs/api.md')?.written ?? '';
    const sections = [...api.matchAll(/^### ([a-z_]+)\n/gm)].map(([, code]) => code);
    expect(sections.toSorted()).toEqual(Object.keys(errorTable).toSorted());
    expect(Object.keys(errorGuide).toSorted()).toEqual(Object.keys(errorTable).toSorted());
    for (const [code, guide] of Object.entries(errorGuide))
      for (const [part, text] of Object.entries(guide)) expect(text, `${part} of ${code}`).toMatch(/^[A-Z`].{10,}\.$/s);
  });

  it('describes every field of the configuration file', () => {
    const undescribed = Object.entries((fileSchema as unknown as JsonSchema).properties ?? {}).flatMap(([part, of]) => {
      const [named] = Object.values(of.patternProperties ?? {});
      const shapes = named === undefined ? [of] : (named.oneOf ?? [named]);
      const missing = shapes.flatMap((shape) => fieldsOf(shape, `${part}.`)).filter(({schema}) => !schema.description);
      return [...(of.description ? [] : [part]), ...missing.map(({path}) => path)];
    });
    expect(undescribed).toEqual([]);
  });

  it('refuses a section without a place and a place without a section', () => {
    const place = '<!-- generated: here -->\n<!-- end -->';
    expect(fill(`a\n${place}\nb`, {here: 'x'})).toBe('a\n<!-- generated: here -->\n\nx\n\n<!-- end -->\nb');
    expect(() => fill(place, {})).toThrow('nothing generates the section "here"');
    expect(() => fill('', {there: 'x'})).toThrow('has no place for "<!-- generated: there -->');
  });
});
