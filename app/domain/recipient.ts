import parsePhoneNumber from 'libphonenumber-js/max';
import type {Channel} from './policy.ts';

/** Whom a message goes to. */
export interface Recipient {
  readonly kind: 'phone' | 'email' | 'subject';
  /** The address that a provider gets: E.164, or the mail address as it was given. */
  readonly address: string;
  /** The same for every way of writing one address; what pseudonyms, budgets and codes are bound to. */
  readonly canonical: string;
  /** For people who may see that it was sent, but not where to. */
  readonly masked: string;
  /** The code that it always gets: it is nobody, and no provider is given its messages. */
  readonly sandboxCode?: string;
  /** Of a phone number: ISO 3166-1 alpha-2, or `+` and the calling code where that is no country's (satellites, free phone). */
  readonly country?: string;
}

const maxEmailLength = 254; // RFC 5321 §4.5.3.1.3: a path has 256 octets with its angle brackets
const maxLocalPartLength = 64; // RFC 5321 §4.5.3.1.1

/** Reads a recipient; undefined if it is neither an international phone number nor a mail address. */
export function parseRecipient(to: string): Recipient | undefined {
  return to.includes('@') ? parseEmail(to) : parsePhone(to);
}

/** The caller's own name for a person, whom it reaches itself; undefined if it is not 1 to 128 visible ASCII characters. */
export function parseSubject(to: string): Recipient | undefined {
  if (!/^[!-~]{1,128}$/.test(to)) return undefined;
  return {kind: 'subject', address: to, canonical: `subject ${to}`, masked: `${to[0]}***`};
}

const kinds: Record<Channel, Recipient['kind']> = {
  sms: 'phone',
  voice: 'phone',
  whatsapp: 'phone',
  email: 'email',
  webhook: 'subject',
  direct: 'subject',
};

/** What names a recipient of the channel. */
export function kindOf(channel: Channel): Recipient['kind'] {
  return kinds[channel];
}

/** Whether the channel carries messages to a recipient of that kind. */
export function suits(kind: Recipient['kind'], channel: Channel): boolean {
  return kinds[channel] === kind;
}

function parsePhone(to: string): Recipient | undefined {
  const trimmed = to.trim();
  if (!/^\+[\d\s().-]{6,30}$/.test(trimmed)) return undefined;
  const parsed = parsePhoneNumber(trimmed);
  if (!parsed?.isValid()) return undefined;
  const address = parsed.number;
  return {
    kind: 'phone',
    address,
    canonical: address,
    masked: join(address.slice(0, 3), '*'.repeat(address.length - 5), address.slice(-2)),
    country: parsed.country ?? `+${parsed.countryCallingCode}`,
  };
}

function parseEmail(to: string): Recipient | undefined {
  const address = to.trim().normalize('NFC');
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  const domain = address.slice(at + 1);
  if (address.length > maxEmailLength || local.length > maxLocalPartLength) return undefined;
  if (!/^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u.test(local))
    return undefined;
  const asciiDomain = toAsciiDomain(domain);
  if (asciiDomain === undefined) return undefined;
  return {
    kind: 'email',
    address: `${local}@${asciiDomain}`,
    // Mail systems treat the local part without regard to case, whatever RFC 5321 allows them.
    canonical: `${local.normalize('NFKC').toLowerCase()}@${asciiDomain}`,
    masked: join([...local][0] ?? '', '***@', asciiDomain),
  };
}

/** One string with no memory of where its parts were cut out of: memory stores keep many. */
function join(...parts: string[]): string {
  return parts.join('');
}

/** The domain in lower-case ASCII (IDNA); undefined if it is no public-looking host name. */
function toAsciiDomain(domain: string): string | undefined {
  // Most are ASCII already, and need no parsing of addresses. "xn--" does, which may stand for something that is no name,
  // and so does what begins with a digit at its end, which may be an IPv4 address ("a.0x7f" is refused as a bad one).
  if (/^[a-z0-9.-]+\.[a-z][a-z0-9-]*$/.test(domain) && !domain.includes('xn--'))
    return hostName.test(domain) ? domain : undefined;
  if (!/^[\p{L}\p{M}\p{N}.-]+$/u.test(domain) || !URL.canParse(`http://${domain}`)) return undefined;
  const ascii = new URL(`http://${domain}`).hostname;
  return hostName.test(ascii) ? ascii : undefined;
}

const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
/** Two labels at least, and not an IPv4 address. */
const hostName = new RegExp(`^(${label}\\.)+(?=.*[a-z])${label}$`);
