import {keysBySecret, type SecretFile, secretFolder} from '../secrets/files.ts';

/** Whole folders (a `subPath` would never see a rotation) that hold only the keys that are read. */
export function secretVolumes(files: readonly SecretFile[]) {
  return [...keysBySecret(files)].map(([secret, keys]) => ({
    name: `secret-${secret}`,
    secret: {secretName: secret, defaultMode: '0440', items: keys.map((key) => ({key, path: key}))},
  }));
}

export function secretMounts(files: readonly SecretFile[]) {
  return [...keysBySecret(files).keys()].map((secret) => ({
    name: `secret-${secret}`,
    mountPath: secretFolder(secret),
    readOnly: true,
  }));
}
