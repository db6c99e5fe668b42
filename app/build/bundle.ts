import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {cp, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {rolldown} from 'rolldown';

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const page = ['package.json', 'static/swagger-ui.css', 'static/swagger-ui-bundle.js', 'static/favicon-32x32.png'];
/** What the service reads when it runs, and where it looks for that, from its own place. */
const files = {
  'app/store/scripts': 'scripts',
  'app/routes/development/assets': 'assets',
  'package.json': '../package.json',
  ...Object.fromEntries(page.map((name) => `node_modules/@fastify/swagger-ui/${name}`).map((path) => [path, path])),
};

/**
 * What Node is told when it runs the program. New objects get 3 × 8 MB instead of 3 × 16: what a request leaves behind is
 * collected somewhat more often, and an idle process holds less. What lives longer gets 65 % of the container's memory: V8 would
 * let garbage grow beyond all of 256 MiB, and some 60 MiB are outside of its heap.
 */
export const imageArguments: readonly string[] = ['--max-semi-space-size=8', '--max-old-space-size-percentage=65'];

/** Where Node finds what it made of the program's text at an earlier start; `NODE_COMPILE_CACHE`. */
export const compileCacheOf = (entry: string) => join(entry, '../../.compile-cache');

/**
 * Writes the service to `directory`, with nothing needed beside it: a few files without types, where Node has to find,
 * read and translate some nine hundred of sources and packages otherwise, which is most of its start and a third of its
 * memory. They are not minified: a stack trace still names what was called.
 */
export async function bundleService(directory: string): Promise<{readonly entry: string}> {
  const app = join(directory, 'app');
  await rm(app, {recursive: true, force: true});
  const build = await rolldown({input: fromRoot('app/main.ts'), platform: 'node'});
  await build.write({dir: app, format: 'esm'});
  await build.close();
  for (const [from, to] of Object.entries(files)) await cp(fromRoot(from), join(app, to), {recursive: true});
  const entry = join(app, 'main.js');
  await fillCompileCache(entry);
  return {entry};
}

/** Starts the service once, and stops it. */
async function fillCompileCache(entry: string): Promise<void> {
  const child = spawn(process.execPath, [...imageArguments, entry], {
    env: {HOST: '127.0.0.1', PORT: '0', METRICS_PORT: '0', NODE_COMPILE_CACHE: compileCacheOf(entry)},
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let said = '';
  child.stdout.on('data', (text) => {
    said += text;
    // Only once: a second signal ends it before it has written what it has made.
    if (!child.killed && said.includes('"listening"')) child.kill();
  });
  const [code] = await ended;
  if (code !== 0) throw new Error(`the program that was built does not run:\n${said}`);
}
