/** An error that the operator can mend: shown as text, without a stack trace. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
