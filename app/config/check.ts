// npm run config:check -- FILE: validates a configuration file as production would, without a server.
import {warningsOf} from '../delivery/templates/warnings.ts';
import {readFile} from './file.ts';
import {configurationExitCode} from './problems.ts';

const [path, ...rest] = process.argv.slice(2);
if (path === undefined || rest.length > 0) {
  console.error('usage: npm run config:check -- FILE');
  process.exit(64);
}
const problems: string[] = [];
const catalog = readFile(path, 'production', process.env, problems);
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(configurationExitCode);
}
for (const warning of catalog === undefined ? [] : await warningsOf(catalog.templates))
  console.warn(`warning: ${warning}`);
console.log(`${path} is valid: clients ${[...(catalog?.clients.keys() ?? [])].join(', ')}`);
