import {randomBytes} from 'node:crypto';
import {mkdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {helpText, type LoadArguments, parseLoadArguments} from './arguments.ts';
import {flowsOf} from './flows/flow.ts';
import {runK6} from './k6.ts';
import {assertReady} from './target.ts';

// Not 99, which is k6's word for a broken objective.
const EXIT_NOT_STARTED = 2;

async function main(argv: readonly string[]): Promise<number> {
  const options = parseLoadArguments(argv);
  if (options === 'help') {
    process.stdout.write(helpText());
    return 0;
  }
  await assertReady(
    options.url,
    options.codes === 'inbox' && flowsOf(options.flow, 'inbox').some((flow) => flow.readsInbox),
  );
  return await run(options);
}

async function run({profile, flow, url, codes, policy}: LoadArguments): Promise<number> {
  const startedAt = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const directory = path.resolve('reports', 'load', profile.name);
  await mkdir(directory, {recursive: true});
  const report = path.join(directory, `${startedAt}-${flow}`);
  const code = await runK6(path.join(import.meta.dirname, 'script.ts'), {
    OTP_PROFILE: profile.name,
    OTP_FLOW: flow,
    OTP_URL: url.origin,
    OTP_RUN_ID: randomBytes(6).toString('hex'),
    OTP_REPORT: report,
    OTP_CODES: codes,
    ...(policy === undefined ? {} : {OTP_POLICY: policy}),
    ...(await apiKey()),
  });
  process.stdout.write(`\nreports: ${report}.json, ${path.basename(report)}.html\n`);
  return code;
}

/** A file's key wins: that is how a pod gets it. */
async function apiKey(): Promise<Record<string, string>> {
  const {OTP_API_KEY_FILE: file} = process.env;
  return file === undefined ? {} : {OTP_API_KEY: (await readFile(file, 'utf8')).trim()};
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = EXIT_NOT_STARTED;
}
