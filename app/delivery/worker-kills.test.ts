import {describe, expect, it} from 'vitest';
import {runWorkerKills} from '../testing/delivery-lab/worker-kills.ts';

describe('messages whose worker is killed', () => {
  it('arrive all the same, and twice only where the dead worker could not note that it had handed them over', async () => {
    const report = await runWorkerKills({kills: 3, workers: 2, messagesPerKill: 20, claimMs: 3000});
    expect(report.kills).toEqual({'before the answer': 1, 'after the answer': 1, 'at any time': 1});
    expect(report).toMatchObject({messages: 60, lost: 0, unexplained: 0});
  }, 60_000);
});
