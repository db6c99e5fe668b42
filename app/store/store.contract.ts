import {codesContract} from './contract/codes.ts';
import {failureBudgetContract} from './contract/failure-budget.ts';
import {lifecycleContract} from './contract/lifecycle.ts';
import {modelContract} from './contract/model.ts';
import {outboxContract} from './contract/outbox.ts';
import {requestsContract} from './contract/requests.ts';
import type {OpenStore} from './contract/support.ts';

/** The rules that every store keeps. */
export function storeContract(open: OpenStore): void {
  codesContract(open);
  failureBudgetContract(open);
  lifecycleContract(open);
  requestsContract(open);
  outboxContract(open);
  modelContract(open);
}
