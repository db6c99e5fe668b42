import {globSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {projectRoot} from '../lib/project-root.ts';

export interface Command {
  readonly page: string;
  readonly text: string;
}

const pages = ['README.md', ...globSync('docs/**/*.md', {cwd: projectRoot}).sort()];

/** Every call of a program on the pages that people go by, up to the end of its line or of its inline code. */
export function commandsOf(program: string): Command[] {
  return pages.flatMap((page) => {
    const text = readFileSync(join(projectRoot, page), 'utf8').replaceAll('\\|', '|').replaceAll('\\\n', ' ');
    const found = text.matchAll(new RegExp(`(?<![\\w./-])${program} [^\\n\`;&#]*`, 'g'));
    return [...found].map(([command]) => ({page, text: command.trim()}));
  });
}
