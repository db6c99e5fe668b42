import {describe, expect, it} from 'vitest';
import {createCertificate} from '../testing/certificates.ts';
import {mountSecret} from '../testing/mounted-secret.ts';
import {readSettings} from './settings.ts';

function read(environment: NodeJS.ProcessEnv) {
  const problems: string[] = [];
  const {peers} = readSettings(environment, problems);
  return {peers, problems};
}

describe('the settings of peers', () => {
  it('say where the others are, under which name they answer, and with what', async () => {
    const {ca, cert, key} = await createCertificate('otp-peers.otp.svc');
    using secret = mountSecret({'tls.crt': cert, 'tls.key': key, 'ca.crt': ca});
    const {peers, problems} = read({
      REDIS_URL: 'redis://127.0.0.1:1',
      PEERS: 'otp-peers.otp.svc:9443,[::1]:9444',
      PEER_HOST: '0.0.0.0',
      PEER_TLS_CERT_FILE: secret.path('tls.crt'),
      PEER_TLS_KEY_FILE: secret.path('tls.key'),
      PEER_TLS_CA_FILE: secret.path('ca.crt'),
    });
    expect(problems).toEqual([]);
    expect(peers).toMatchObject({
      names: [
        {host: 'otp-peers.otp.svc', port: 9443},
        {host: '::1', port: 9444},
      ],
      host: '0.0.0.0',
      port: 9443,
      serverName: 'otp-peers.otp.svc',
    });
    expect(peers?.certificates().cert.trim()).toBe(cert.trim());
  });

  it('come together or not at all, quote what is no address, and want a store to stand in for', () => {
    expect(read({PEER_TLS_CA_FILE: '/run/ca.crt'}).problems).toEqual(['PEER_TLS_CA_FILE is set, but PEERS is not']);
    expect(read({PEERS: 'https://peers'}).problems).toEqual([
      'PEERS is set, but there is no Redis for which peers could stand in',
      'PEERS is set, but PEER_TLS_CERT_FILE is not',
      'PEERS is set, but PEER_TLS_KEY_FILE is not',
      'PEERS is set, but PEER_TLS_CA_FILE is not',
      'PEERS: "https://peers", expected HOST:PORT,HOST:PORT',
    ]);
  });
});
