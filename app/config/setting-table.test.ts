import {describe, expect, it} from 'vitest';
import {createCertificate} from '../testing/certificates.ts';
import {mountSecret} from '../testing/mounted-secret.ts';
import {settingTable} from './setting-table.ts';
import {readSettings} from './settings.ts';

function problemsOf(environment: NodeJS.ProcessEnv): string[] {
  const problems: string[] = [];
  readSettings(environment, problems);
  return problems;
}

describe('the table of settings', () => {
  it('has every setting that is read, and none that is not', () => {
    const read = new Set<string>();
    const environment = new Proxy<NodeJS.ProcessEnv>(
      {},
      {
        get: (_target, name) => {
          read.add(String(name));
          return undefined;
        },
      },
    );
    readSettings(environment, []);
    const twins = Object.entries(settingTable).flatMap(([name, {kind}]) => (kind === 'secret' ? [`${name}_FILE`] : []));
    const readAlone = [...read].filter((name) => name in settingTable || !name.endsWith('_FILE'));
    expect(readAlone.toSorted()).toEqual(Object.keys(settingTable).toSorted());
    expect([...read]).toEqual(expect.arrayContaining(twins));
  });
});

describe('the settings of the listener’s TLS', () => {
  it.each([
    ['TLS_CERT_FILE', 'TLS_KEY_FILE'],
    ['TLS_KEY_FILE', 'TLS_CERT_FILE'],
  ])('come both or not at all: %s alone is refused', (set, missing) => {
    expect(problemsOf({[set]: '/run/tls/file.pem'})).toEqual([`${set} is set, but ${missing} is not`]);
  });

  it('are refused with the path of what cannot be read', () => {
    expect(problemsOf({TLS_CERT_FILE: '/nowhere/tls.crt', TLS_KEY_FILE: '/nowhere/tls.key'})).toEqual([
      expect.stringMatching(/^TLS_CERT_FILE: file \/nowhere\/tls\.crt cannot be read: ENOENT/),
      expect.stringMatching(/^TLS_KEY_FILE: file \/nowhere\/tls\.key cannot be read: ENOENT/),
    ]);
  });

  it('want one address to listen on, as a second listener would never see a renewed certificate', async () => {
    const {cert, key} = await createCertificate('localhost');
    using secret = mountSecret({'tls.crt': cert, 'tls.key': key});
    const files = {TLS_CERT_FILE: secret.path('tls.crt'), TLS_KEY_FILE: secret.path('tls.key')};
    expect(problemsOf({...files, HOST: 'localhost'})).toEqual([
      'HOST: "localhost", expected with TLS one address, such as 127.0.0.1 or ::1',
    ]);
    expect(problemsOf({...files, HOST: '::1'})).toEqual([]);
  });
});
