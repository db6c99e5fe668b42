import {expect, test} from 'vitest';
import {startMessageSink} from './message-sink.ts';

test('of several messages of one verification the newest counts, also where an older one comes after it', async () => {
  await using sink = await startMessageSink();
  const url = /url: "([^"]+)"/.exec(sink.providerYaml)?.[1] ?? '';
  const send = async (messageId: string, code: string) => {
    await fetch(url, {method: 'POST', body: JSON.stringify({verificationId: 'v1', messageId, code})});
    return sink.newestOf('v1');
  };
  const first = await send('tag.0', '000000');
  expect(first).toMatchObject({code: '000000', resends: 0});
  const newest = {...first, code: '222222', resends: 2};
  expect(await send('tag.2', '222222')).toEqual(newest);
  expect(await send('tag.1', '111111')).toEqual(newest);
  expect(await send('tag.0', '000000')).toEqual(newest);
  expect(sink.repeated).toBe(1);
  expect(sink.newestOf('v2')).toBeUndefined();
});
