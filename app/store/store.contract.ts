import {announcementsContract} from './contract/announcements.ts';
import {codesContract} from './contract/codes.ts';
import {failureBudgetContract} from './contract/failure-budget.ts';
import {lifecycleContract} from './contract/lifecycle.ts';
import {modelContract} from './contract/model.ts';
import {outboxContract} from './contract/outbox.ts';
import {requestsContract} from './contract/requests.ts';
import type {OpenAnnouncingStore} from './contract/support.ts';

/** The rules that every store keeps. */
export function storeContract(open: OpenAnnouncingStore): void {
  codesContract(open);
  failureBudgetContract(open);
  lifecycleContract(open);
  requestsContract(open);
  outboxContract(open);
  announcementsContract(open);
  modelContract(open);
}
