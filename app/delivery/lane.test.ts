import {afterEach, describe, expect, it, vi} from 'vitest';
import {outgoing} from '../testing/outgoing.ts';
import {Lane} from './lane.ts';
import type {SendResult} from './provider.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a provider that is left alone', () => {
  it('is asked again although the wall clock was set back by an hour meanwhile', async () => {
    let answer: SendResult = {kind: 'retry', reason: 'busy'};
    const lane = new Lane({name: 'gateway', maxConcurrent: 1, send: async () => answer, async close() {}});
    const send = () => lane.send(outgoing(), new AbortController().signal, async () => true);
    for (let i = 0; i < 5; i++) expect(await send()).toEqual(answer);
    expect(await send()).toEqual({kind: 'unavailable'});
    const [wall, monotonic] = [Date.now(), performance.now()];
    vi.spyOn(Date, 'now').mockImplementation(() => wall - 3_600_000);
    answer = {kind: 'accepted'};
    expect(await send(), 'not before its time').toEqual({kind: 'unavailable'});
    vi.spyOn(performance, 'now').mockImplementation(() => monotonic + 61_000);
    expect(await send()).toEqual({kind: 'accepted'});
  });
});
