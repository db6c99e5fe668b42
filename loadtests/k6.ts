import {spawn} from 'node:child_process';
import {once} from 'node:events';

/**
 * Runs a k6 script until its end; an interrupt or termination of this process is passed on, and k6 then still writes its summary.
 * @returns k6's exit code: 99 for a crossed threshold.
 * @throws Error that says how to get k6 when it is not on PATH.
 */
export async function runK6(script: string, environment: Readonly<Record<string, string>>): Promise<number> {
  const quiet = process.stdout.isTTY ? [] : ['--quiet'];
  // The API key goes by the environment: arguments can be read by every user of the machine.
  const child = spawn('k6', ['run', '--no-usage-report', ...quiet, script], {
    env: {...process.env, ...environment},
    stdio: 'inherit',
    // In a process group of its own, so that Ctrl-C reaches it once, through us: a second one makes k6 drop its summary.
    detached: true,
  });
  const passOn = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGINT', passOn).on('SIGTERM', passOn);
  try {
    const [code, signal] = await once(child, 'exit');
    return signal ? 1 : Number(code);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') throw new Error(MISSING, {cause: error});
    throw error;
  } finally {
    process.off('SIGINT', passOn).off('SIGTERM', passOn);
  }
}

const MISSING = `k6 is not on PATH. Packages for every system: https://grafana.com/docs/k6/latest/set-up/install-k6/
(macOS: brew install k6; Windows: winget install k6; with Go: go install go.k6.io/k6/v2@v2.0.0)`;
