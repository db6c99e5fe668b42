import {passedOn} from './passed-on.ts';
import type {Address, CreateOutcome, Idempotency, NewVerification, Store} from './store.ts';

/** A verification that can still be put anywhere: its code and the first half of its tag are the same at every place. */
export interface Draft {
  readonly partition: number;
  /** Of the recipient's record. */
  readonly recipientTag: string;
  /** The verification as the process `owner` is to hold it, or as the store is to. The same owner gets the same id. */
  addressTo(owner?: string): {readonly address: Address; readonly verification: NewVerification};
}

/** A store that decides by itself where a verification is put. */
export interface DraftStore extends Omit<Store, 'create'> {
  create(draft: Draft, idempotency?: Idempotency): Promise<CreateOutcome>;
}

/** Puts every verification into one store. */
export function placedIn(store: Store): DraftStore {
  return {
    ...passedOn(store),
    create: (draft, idempotency) => {
      const {address, verification} = draft.addressTo();
      return store.create(address, verification, idempotency);
    },
  };
}
