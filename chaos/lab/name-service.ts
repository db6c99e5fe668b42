// Loaded into a process of the lab before its own modules (node --import): names under .lab are those of this machine as long as the
// file that LAB_NAMES_FILE names is there; without it they can't be resolved, as where DNS is gone.
import dns from 'node:dns';
import {existsSync} from 'node:fs';
import {syncBuiltinESMExports} from 'node:module';

const namesFile = process.env.LAB_NAMES_FILE;
if (namesFile) {
  const {lookup} = dns;
  const lookupPromise = dns.promises.lookup;
  const isOurs = (hostname: string) => hostname.endsWith('.lab');
  const answer = (all: boolean | undefined) => {
    const address = {address: '127.0.0.1', family: 4};
    return all ? [address] : address;
  };
  const refusal = (hostname: string) =>
    Object.assign(new Error(`getaddrinfo EAI_AGAIN ${hostname}`), {
      code: 'EAI_AGAIN',
      syscall: 'getaddrinfo',
      hostname,
    });

  dns.lookup = function lookupInLab(hostname: string, ...rest: unknown[]) {
    if (!isOurs(hostname)) return Reflect.apply(lookup, dns, [hostname, ...rest]);
    const callback = rest.at(-1) as (error: Error | null, ...found: unknown[]) => void;
    const {all} = (typeof rest[0] === 'object' ? rest[0] : {}) as {all?: boolean};
    process.nextTick(() => {
      if (!existsSync(namesFile)) callback(refusal(hostname));
      else if (all) callback(null, answer(true));
      else callback(null, '127.0.0.1', 4);
    });
  } as typeof dns.lookup;
  dns.promises.lookup = async function lookupInLab(hostname: string, options?: {all?: boolean}) {
    if (!isOurs(hostname)) return Reflect.apply(lookupPromise, dns.promises, [hostname, options]);
    if (!existsSync(namesFile)) throw refusal(hostname);
    return answer(options?.all);
  } as typeof dns.promises.lookup;
  syncBuiltinESMExports();
}
