import type {Store} from './store.ts';

/** What a wrapper of a store, which decides about creations, passes on as it is. */
export function passedOn(store: Omit<Store, 'create'>): Omit<Store, 'create'> {
  return {
    check: (...args) => store.check(...args),
    resend: (...args) => store.resend(...args),
    cancel: (...args) => store.cancel(...args),
    read: (...args) => store.read(...args),
    unlock: (...args) => store.unlock(...args),
    erase: (...args) => store.erase(...args),
    ping: (...args) => store.ping(...args),
  };
}
