import type {Store} from '../store/store.ts';
import type {PartBreakers} from './part-breakers.ts';

/** The same store, of which no part is asked while that counts as away. */
export function throughBreakers(store: Store, breakers: PartBreakers): Store {
  return {
    create: (address, ...args) => breakers.run(address.partition, () => store.create(address, ...args)),
    check: (address, ...args) => breakers.run(address.partition, () => store.check(address, ...args)),
    resend: (address, ...args) => breakers.run(address.partition, () => store.resend(address, ...args)),
    cancel: (address) => breakers.run(address.partition, () => store.cancel(address)),
    read: (address) => breakers.run(address.partition, () => store.read(address)),
    unlock: (partition, tags) => breakers.run(partition, () => store.unlock(partition, tags)),
    erase: (partition, tags) => breakers.run(partition, () => store.erase(partition, tags)),
    ping: () => breakers.runOnAll(() => store.ping()),
  };
}
