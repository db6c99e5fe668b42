/** The last line by which a browser knows whom a code is for (WICG sms-one-time-codes). */
export function webOtpLine(host: string, code: string): string {
  return `@${host} #${code}`;
}
