import {readFileSync} from 'node:fs';
import type {Reference} from './schema.ts';

export type SecretResult = {readonly value: string} | {readonly problem: string};

/** Reads what a reference points to. A trailing line break, as editors and `echo` leave it, does not belong to a secret. */
export function readReference(reference: Reference, environment: NodeJS.ProcessEnv): SecretResult {
  if ('file' in reference) return readSecretFile(reference.file);
  const value = environment[reference.env];
  return value === undefined || value === '' ? {problem: `environment variable ${reference.env} is not set`} : {value};
}

export function readSecretFile(path: string): SecretResult {
  try {
    const value = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    return value === '' ? {problem: `file ${path} is empty`} : {value};
  } catch (error) {
    return {problem: `file ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`};
  }
}
