/**
 * Builds something from parts that have to be released: whatever was started is released when a later part fails to start,
 * and with the whole otherwise, in reverse order.
 */
export async function owning<Whole extends object>(
  build: (owned: AsyncDisposableStack) => Promise<Whole>,
): Promise<Whole & AsyncDisposable> {
  const owned = new AsyncDisposableStack();
  try {
    const whole = await build(owned);
    return Object.assign(whole, {[Symbol.asyncDispose]: () => owned.disposeAsync()});
  } catch (error) {
    await owned.disposeAsync();
    throw error;
  }
}
