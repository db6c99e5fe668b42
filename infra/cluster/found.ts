import {ApiException} from '@kubernetes/client-node';

const hasCode = (error: unknown, code: number) => error instanceof ApiException && error.code === code;

/** The object, or undefined where there is none. */
export async function found<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (hasCode(error, 404)) return undefined;
    throw error;
  }
}
