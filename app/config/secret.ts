import {readFileSync} from 'node:fs';
import type {Reference} from './reference-schema.ts';

export type SecretResult = {readonly value: string} | {readonly problem: string};

/** Reads what a reference points to. A trailing line break, as editors and `echo` leave it, does not belong to a secret. */
export function readReference(reference: Reference, environment: NodeJS.ProcessEnv): SecretResult {
  if ('file' in reference) return readSecretFile(reference.file);
  const value = environment[reference.env];
  return value === undefined || value === '' ? {problem: `environment variable ${reference.env} is not set`} : {value};
}

export function readSecretFile(path: string): SecretResult {
  const read = readTextFile(path);
  return 'value' in read ? notEmpty(read.value.replace(/\r?\n$/, ''), path) : read;
}

/** Reads a file as it is. */
export function readTextFile(path: string): SecretResult {
  try {
    return notEmpty(readFileSync(path, 'utf8'), path);
  } catch (error) {
    return {problem: `file ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`};
  }
}

function notEmpty(value: string, path: string): SecretResult {
  return value === '' ? {problem: `file ${path} is empty`} : {value};
}
