/** Ends a `switch` over a union: a new member that nobody handles fails the type check, and here if it comes from outside. */
export function assertNever(value: never): never {
  throw new Error(`unhandled case ${JSON.stringify(value)}`);
}
