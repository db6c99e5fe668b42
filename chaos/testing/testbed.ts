import type {ProcessTestbed, StoreUnderTest} from '../executors/process-testbed.ts';

/** A testbed that has a store alone: enough for faults that concern nothing else. */
export function testbedOf(store: StoreUnderTest): ProcessTestbed {
  return {
    baseUrl: '',
    apiKey: '',
    offer: {channel: '', policyOf: (name) => name, recipientOf: (user) => user},
    messages: {newestOf: () => undefined},
    look: async () => ({answering: 0, inFallback: 0}),
    store,
    fleet: {baseUrl: '', instances: [], namesFile: '', [Symbol.asyncDispose]: async () => {}},
    network: undefined,
    secretKeysFile: '',
  };
}
