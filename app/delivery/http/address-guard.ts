import {isIP} from 'node:net';
import ipaddr from 'ipaddr.js';

/** Addresses that the service may be sent to although they are not public: one network of the configuration. */
export interface Network {
  readonly address: string;
  readonly bits: number;
}

/** Reads `ADDRESS/BITS` or a single address; undefined if it is neither. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', bits, ...rest] = text.split('/');
  if (rest.length > 0 || isIP(address) === 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return undefined;
  const longest = ipaddr.parse(address).kind() === 'ipv4' ? 32 : 128;
  const length = bits === undefined ? longest : Number(bits);
  return length > longest ? undefined : {address, bits: length};
}

function contains({address, bits}: Network, other: string): boolean {
  const [base, parsed] = [ipaddr.parse(address), ipaddr.parse(other)];
  return parsed.kind() === base.kind() && parsed.match(base, bits);
}

/**
 * Special addresses that `ipaddr.js` takes for public ones: a cloud's instance metadata at a public address (Azure), and
 * IPv4 addresses in their oldest IPv6 spelling (`::a.b.c.d`, RFC 4291 §2.5.5.1), which some systems still route.
 */
const disguised = ['168.63.129.16/32', '::/96'].flatMap((text) => parseNetwork(text) ?? []);

/**
 * Whether a request may go to an address: a public one, or one that an entry allows. Private, loopback, link-local
 * (instance metadata), shared, reserved and multicast ranges are none, and neither are those that carry an IPv4 address
 * inside: mapped, NAT64, 6to4, Teredo.
 */
export function mayConnect(address: string, allowed: readonly Network[]): boolean {
  if (isIP(address) === 0) return false;
  if (allowed.some((network) => contains(network, address))) return true;
  return ipaddr.parse(address).range() === 'unicast' && !disguised.some((network) => contains(network, address));
}
