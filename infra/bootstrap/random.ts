import {createHash, randomBytes} from 'node:crypto';

/** 32 bytes: the length of the service's keys, and more than a password that is never typed needs. */
const bytes = 32;

export const randomKey = () => randomBytes(bytes).toString('base64');
export const randomPassword = () => randomBytes(bytes).toString('hex');
export const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
