import {createHash} from 'node:crypto';
import {readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {type StackName, stackId, stackNames} from '../lib/names.ts';
import {CommandError} from './command-error.ts';
import {type ProgramResult, runProgram} from './run-program.ts';
import {stackFolder} from './synthesise.ts';

/** Another deploy may be about to end; one that was killed leaves a lock that Terraform's message says how to break. */
const lockTimeout = '-lock-timeout=20s';
const planFile = 'otp.tfplan';

/**
 * Terraform's work on the stacks of one environment, after they were synthesised. Several stacks are looked at side by
 * side; what changes something goes stack by stack, in the order in which they need one another, and stops at the first
 * that fails or at an interrupt.
 */
export class TerraformStacks implements Disposable {
  readonly #environmentName: string;
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #program: string;
  #interrupted = false;
  // An interrupt reaches Terraform too, which then finishes what it has begun and releases its lock.
  readonly #interrupt = () => {
    this.#interrupted = true;
  };

  /** @param folder where they were synthesised to */
  constructor(environmentName: string, folder: string, env: NodeJS.ProcessEnv) {
    this.#environmentName = environmentName;
    this.#folder = folder;
    this.#env = {...env, TF_IN_AUTOMATION: '1', TF_INPUT: '0', CHECKPOINT_DISABLE: '1'};
    this.#program = env.TERRAFORM_BINARY_NAME ?? 'terraform';
    process.on('SIGINT', this.#interrupt).on('SIGTERM', this.#interrupt);
  }

  /** Makes the cluster what the stacks say. @throws CommandError when one fails */
  async deploy(stacks: readonly StackName[]): Promise<void> {
    for (const {stack, changes} of await this.#planned(stacks)) {
      if (!changes) continue;
      this.#stopIfInterrupted();
      try {
        await this.#run(stack, ['apply', '-no-color', lockTimeout, planFile], 'tell');
      } finally {
        rmSync(join(this.#folderOf(stack), planFile), {force: true});
      }
    }
  }

  /** Takes away what the stacks made, those first that need others. @throws CommandError when one fails */
  async destroy(stacks: readonly StackName[]): Promise<void> {
    for (const stack of stackNames.toReversed().filter((name) => stacks.includes(name))) {
      await this.#initialise(stack);
      this.#stopIfInterrupted();
      await this.#run(stack, ['destroy', '-no-color', '-auto-approve', lockTimeout], 'tell');
    }
  }

  [Symbol.dispose](): void {
    process.off('SIGINT', this.#interrupt).off('SIGTERM', this.#interrupt);
  }

  /** In the order given: which stacks have something to change, with their plans written down. */
  async #planned(stacks: readonly StackName[]): Promise<{stack: StackName; changes: boolean}[]> {
    const plans: Promise<PromiseSettledResult<{stack: StackName; changes: boolean}>>[] = [];
    for (const stack of stacks) {
      // One after the other: a cache of providers that several fill at once breaks.
      await this.#initialise(stack);
      this.#stopIfInterrupted();
      plans.push(Promise.allSettled([this.#plan(stack)]).then(([settled]) => settled));
    }
    return (await Promise.all(plans)).map((plan) => {
      if (plan.status === 'rejected') throw plan.reason;
      return plan.value;
    });
  }

  async #plan(stack: StackName): Promise<{stack: StackName; changes: boolean}> {
    const args = ['plan', '-no-color', '-detailed-exitcode', lockTimeout, `-out=${planFile}`];
    const {exitCode, output} = await this.#run(stack, args, 'tell failure', [0, 2]);
    const changes = exitCode === 2;
    const noChange = output.split('\n').find((line) => line.startsWith('No changes.'));
    if (changes) this.#tell(stack, output.slice(Math.max(0, output.indexOf('Terraform will perform'))));
    else {
      this.#tell(stack, noChange ?? 'No changes.');
      rmSync(join(this.#folderOf(stack), planFile), {force: true});
    }
    return {stack, changes};
  }

  /** Once per set of providers and back end: `terraform init` reads the providers' files to the last byte. */
  async #initialise(stack: StackName): Promise<void> {
    this.#stopIfInterrupted();
    const folder = this.#folderOf(stack);
    const {terraform} = JSON.parse(readFileSync(join(folder, 'cdk.tf.json'), 'utf8'));
    const wanted = createHash('sha256').update(JSON.stringify(terraform)).digest('hex');
    // In the folder that init fills: who removes that removes this.
    const mark = join(folder, '.terraform', 'initialised');
    if (contentOf(mark) === wanted) return;
    await this.#run(stack, ['init', '-no-color'], 'tell failure');
    writeFileSync(mark, wanted);
  }

  async #run(
    stack: StackName,
    args: readonly string[],
    what: 'tell' | 'tell failure',
    expected: readonly number[] = [0],
  ): Promise<ProgramResult> {
    const cwd = this.#folderOf(stack);
    const onLine = what === 'tell' ? {onLine: (line: string) => this.#tell(stack, line)} : {};
    const result = await runProgram(this.#program, args, {cwd, env: this.#env, ...onLine}).catch((error) => {
      throw new CommandError(`${this.#program} could not be started: ${error.message}`);
    });
    if (result.exitCode === null || !expected.includes(result.exitCode)) {
      if (what === 'tell failure') this.#tell(stack, result.output);
      throw new CommandError(
        `terraform ${args[0]} of ${stackId(this.#environmentName, stack)} failed (exit code ${result.exitCode}); its messages are above`,
      );
    }
    return result;
  }

  #tell(stack: StackName, text: string): void {
    const id = stackId(this.#environmentName, stack);
    for (const line of text.trimEnd().split('\n')) console.log(`${id}  ${line}`);
  }

  #folderOf(stack: StackName): string {
    return stackFolder(this.#folder, this.#environmentName, stack);
  }

  #stopIfInterrupted(): void {
    if (this.#interrupted) throw new CommandError('interrupted: the stacks that were not begun are as they were');
  }
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
