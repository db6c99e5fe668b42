import {createHash} from 'node:crypto';

/** On the pod template: a changed configuration rolls the pods. */
export const configChecksum = (data: Readonly<Record<string, string>>) => ({
  'otp/config-checksum': createHash('sha256')
    .update(JSON.stringify(Object.entries(data).sort()))
    .digest('hex'),
});
