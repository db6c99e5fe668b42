import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {projectRoot} from '../lib/project-root.ts';
import type {Request} from './traffic/history.ts';

const folder = join(projectRoot, 'reports', 'e2e');

/** @returns where it lies, for people */
export function writeReport(name: string, report: object): string {
  return write(`${name}.json`, JSON.stringify(report, null, 2));
}

/** One line a request. */
export function writeHistory(name: string, requests: readonly Request[]): void {
  write(`${name}.history.jsonl`, requests.map((request) => JSON.stringify(request)).join('\n'));
}

function write(file: string, text: string): string {
  mkdirSync(folder, {recursive: true});
  writeFileSync(join(folder, file), `${text}\n`);
  return `reports/e2e/${file}`;
}
