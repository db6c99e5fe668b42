import fc from 'fast-check';
import {expect, it} from 'vitest';
import type {Address} from '../store.ts';
import {modelLimits, ReferenceModel} from './reference-model.ts';
import {code, noWaits, type OpenStore, verification, wrong} from './support.ts';

/** Both stores against the reference model. */
export function modelContract(open: OpenStore): void {
  it('agrees with the reference model after any sequence of operations', async () => {
    const recipient = fc.constantFrom('ada', 'bob');
    const index = fc.nat({max: 12});
    const operation = fc.oneof(
      {weight: 3, arbitrary: fc.record({kind: fc.constant('create' as const), recipient})},
      {weight: 6, arbitrary: fc.record({kind: fc.constant('check' as const), index, right: fc.boolean()})},
      {weight: 1, arbitrary: fc.record({kind: fc.constantFrom('resend' as const, 'cancel' as const), index})},
      {weight: 1, arbitrary: fc.record({kind: fc.constantFrom('unlock' as const, 'erase' as const), recipient})},
    );
    await fc.assert(
      fc.asyncProperty(fc.array(operation, {maxLength: 40}), async (operations) => {
        const {store, address} = open(noWaits);
        const model = new ReferenceModel();
        const created: {where: Address; mac: string}[] = [];
        const nowhere = {where: address('nobody'), mac: ''};
        const {maxAttempts, blockAfter, maxPending, maxResends} = modelLimits;
        for (const [step, next] of operations.entries()) {
          const mac = `${step}`.padEnd(43, 'c');
          if (next.kind === 'create') {
            const where = address(next.recipient);
            const outcome = await store.create(where, verification({mac, maxAttempts, maxPending}));
            expect(outcome.kind).toBe(model.create(next.recipient));
            if (outcome.kind === 'created') created.push({where, mac});
          } else if ('recipient' in next) {
            const {partition, recipientTag} = address(next.recipient);
            await store[next.kind](partition, [recipientTag]);
            model[next.kind](next.recipient);
          } else {
            const target = created[next.index] ?? nowhere;
            if (next.kind === 'check') {
              const outcome = await store.check(target.where, next.right ? {mac: target.mac} : wrong, {blockAfter});
              expect(outcome.kind).toBe(model.check(next.index, next.right));
            } else if (next.kind === 'resend') {
              const outcome = await store.resend(target.where, code({mac, maxResends}));
              expect(outcome.kind).toBe(model.resend(next.index));
              if (outcome.kind === 'resent') target.mac = mac;
            } else expect((await store.cancel(target.where)).kind).toBe(model.cancel(next.index));
          }
        }
        for (const [position, {where}] of created.entries()) {
          const read = await store.read(where);
          const expected = model.read(position);
          if (read.kind === 'not_found') expect(expected).toBeUndefined();
          else {
            const {status, failedChecks, resends, budget} = read.snapshot;
            expect({status, failedChecks, resends, failures: budget.failures}).toEqual(expected);
          }
        }
      }),
      {numRuns: 150},
    );
  });
}
