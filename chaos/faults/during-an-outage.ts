import {appendFile, readFile, writeFile} from 'node:fs/promises';
import {networkOf} from '../executors/process-testbed.ts';
import type {Reached} from '../executors/reached.ts';
import {DRAIN_MS, secretKey} from '../executors/service-configuration.ts';
import {pingRedis} from '../lab/ping-redis.ts';
import type {ServiceInstance} from '../lab/service-instance.ts';
import type {Fault} from './fault.ts';
import {loseAllRedis} from './lose-all-redis.ts';

// Until every process has noticed that Redis is gone.
const NOTICED_MS = 1_500;
// Some come before, some after.
const POUNCE_MS = 100;
// On loopback it is at once.
const REFUSED_MS = 300;

/** The process that holds verifications in memory dies with them. */
export const killOwner: Fault = loseAllRedis('with-data', {
  name: 'kill-owner-in-outage',
  description: 'one process of the service is killed and started again',
  during:
    ({fleet}) =>
    async ({note, pause}) => {
      const [victim] = fleet.instances;
      if (!victim) throw new Error('a fleet without processes');
      await pause(NOTICED_MS);
      const held = await heldBy(victim);
      await victim.kill();
      note(`${victim.name} killed, which held ${held} verifications`);
      await pause(500);
      await victim.start();
      note(`${victim.name} is back`);
    },
});

/** Each process in turn hands over what it holds. */
export const rollingRestart: Fault = loseAllRedis('with-data', {
  name: 'rolling-restart-in-outage',
  description: 'each process of the service is stopped and started again, one after the other',
  during:
    ({fleet}) =>
    async ({cues, note, pause}) => {
      await pause(NOTICED_MS);
      for (const instance of fleet.instances) {
        const held = await heldBy(instance);
        const stopped = instance.stop(15_000);
        // Who waits for that comes when the process hands over what it holds.
        await pause(DRAIN_MS - POUNCE_MS);
        cues.give('breaking');
        await stopped;
        note(`${instance.name} stopped, which held ${held} verifications`);
        await instance.start();
        note(`${instance.name} is back`);
      }
    },
});

/** Two processes each hold the other for gone, while everybody else sees both. */
export const disagreeingPeers: Fault = loseAllRedis('with-data', {
  name: 'disagreeing-peers-in-outage',
  description: 'two processes of the service do not reach each other',
  during: (testbed) => {
    const network = networkOf(testbed);
    const [one, other] = testbed.fleet.instances.map(({name}) => name);
    return async ({note, pause}) => {
      await pause(NOTICED_MS / 2);
      const links = [await network.link(`${one}`, `${other}`), await network.link(`${other}`, `${one}`)];
      await Promise.all(links.map((link) => link.cut()));
      const seen = await Promise.all(links.map(({port}) => pingRedis(port, REFUSED_MS)));
      if (seen.some((ping) => ping !== 'refused')) throw new Error(`${one} and ${other} still reach each other`);
      note(`${one} and ${other} parted`);
      await pause(3_000);
      await Promise.all(links.map((link) => link.mend()));
      note(`${one} and ${other} joined`);
    };
  },
});

/** As the manual says: the new key comes last, then first; the files are re-read. */
export const rotateKeys: Fault = loseAllRedis('with-data', {
  name: 'rotate-keys-in-outage',
  description: 'the service gets a new secret key, first to verify with, then to sign with',
  during:
    ({secretKeysFile, fleet, offer, apiKey}) =>
    async ({note, pause}) => {
      // What a file that changed needs to be noticed.
      const noticedMs = 2_000;
      const added = secretKey('k2');
      await appendFile(secretKeysFile, `,${added}`);
      note('new key added as last');
      await pause(noticedMs);
      const [old] = (await readFile(secretKeysFile, 'utf8')).split(',');
      await writeFile(secretKeysFile, `${added},${old}`);
      note('new key moved to first');
      await pause(noticedMs);
      for (const instance of fleet.instances) {
        const id = await newVerification(instance, {offer, apiKey});
        if (!id.includes('_k2_')) throw new Error(`${instance.name} does not use the new key: ${id}`);
      }
    },
});

/** @throws Error where it holds nothing: then nothing shows what becomes of that. */
async function heldBy(instance: ServiceInstance): Promise<number> {
  const held = (await instance.metric('otp_fallback_verifications')) ?? 0;
  if (held === 0) throw new Error(`${instance.name} holds no verifications`);
  return held;
}

/** The id names the key. */
async function newVerification({name, baseUrl}: ServiceInstance, {offer, apiKey}: Pick<Reached, 'offer' | 'apiKey'>) {
  const response = await fetch(`${baseUrl}/v1/verifications`, {
    method: 'POST',
    headers: {authorization: `Bearer ${apiKey}`, 'content-type': 'application/json'},
    body: JSON.stringify({to: offer.recipientOf(name), channel: offer.channel, policy: offer.policyOf('usual')}),
  });
  const {id = ''} = (await response.json()) as {id?: string};
  return id;
}
