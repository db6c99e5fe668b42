import {createHash, createPrivateKey, X509Certificate} from 'node:crypto';
import {beforeEach, describe, expect, it} from 'vitest';
import {apiEndpoint, appCertificateNames} from '../app/endpoint.ts';
import {appSettings} from '../app/settings.ts';
import {loadEnvironment} from '../environment/load.ts';
import {projectRoot} from '../lib/project-root.ts';
import {redisHosts} from '../redis/names.ts';
import {requiredSecrets, secretsBeforeDeploy} from '../secrets/catalogue.ts';
import {redisUsers} from '../secrets/names.ts';
import {SecretStore} from '../testing/secret-store.ts';
import {ensureSecret} from './ensure-secret.ts';
import {ensureAllSecrets} from './recipes.ts';

const example = loadEnvironment('example', projectRoot);
let store: SecretStore;
const bootstrap = () => ensureAllSecrets(example, (recipe) => ensureSecret(store.cluster, recipe));
const sha256 = (text: string | undefined) =>
  createHash('sha256')
    .update(text ?? '')
    .digest('hex');

beforeEach(() => {
  store = new SecretStore();
});

describe('bootstrap', () => {
  it('makes every Secret that the stacks read, but those that only an operator can', async () => {
    await bootstrap();
    const lacking = [...requiredSecrets(example.environment)].filter(([name, keys]) => {
      const values = store.values(`otp/${name}`);
      return keys.some((key) => !values[key]);
    });
    expect(lacking.map(([name]) => name)).toEqual(['otp-ingress-tls', 'otp-smtp']);
  });

  it('changes nothing when it runs again', async () => {
    await bootstrap();
    const before = structuredClone([...store.secrets]);
    store.writes = 0;
    await bootstrap();
    expect(store.writes).toBe(0);
    expect([...store.secrets]).toEqual(before);
  });

  it('adds a key that is missing and leaves those that are there', async () => {
    const core = store.cluster.core;
    await core.createNamespacedSecret({
      namespace: 'otp',
      body: {metadata: {name: 'otp-service-keys'}, stringData: {'secret-keys': 'in use'}},
    });
    await bootstrap();
    const keys = store.values('otp/otp-service-keys');
    expect(keys['secret-keys']).toBe('in use');
    expect(Buffer.from(keys['pseudonym-key'] ?? '', 'base64')).toHaveLength(32);
  });

  it('makes an API key for the client that names it, and shows the service its hash alone', async () => {
    await bootstrap();
    const {'api-key': apiKey, sha256: hash} = store.values('otp/otp-api-key');
    expect(apiKey).toMatch(/^otp_shop_[0-9a-f]{64}$/);
    expect(hash).toBe(sha256(apiKey));
  });

  it('gives Redis the hashes of the passwords that its users log in with', async () => {
    await bootstrap();
    for (const user of redisUsers)
      expect(store.values('otp/otp-redis-acl')[user]).toBe(
        `#${sha256(store.values(`otp/otp-redis-${user}`).password)}`,
      );
  });

  it("gives Redis a certificate for the name that the app connects to, and keeps the authority's key away from the pods", async () => {
    await bootstrap();
    const {'tls.crt': certificate = '', 'tls.key': key = '', 'ca.crt': ca = ''} = store.values('otp/otp-redis-tls');
    const parsed = new X509Certificate(certificate);
    for (const host of redisHosts(example.environment)) expect(parsed.checkHost(host)).toBe(host);
    expect(parsed.verify(new X509Certificate(ca).publicKey)).toBe(true);
    expect(parsed.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(new X509Certificate(ca).checkPrivateKey(createPrivateKey(key))).toBe(false);
    expect([...store.secrets.keys()].filter((path) => path.includes('-ca-'))).toEqual([
      'otp-state/otp-redis-ca-example',
      'otp-state/otp-app-ca-example',
    ]);
  });

  it('gives the API a certificate for its Service and for the calls between pods, of an authority that is not that of Redis', async () => {
    await bootstrap();
    const {'tls.crt': certificate = '', 'ca.crt': ca = ''} = store.values('otp/otp-app-tls');
    const parsed = new X509Certificate(certificate);
    const settings = appSettings(example.environment);
    for (const host of [apiEndpoint(example.environment).host, settings.PEER_TLS_SERVER_NAME ?? ''])
      expect(parsed.checkHost(host)).toBeTruthy();
    expect(parsed.verify(new X509Certificate(ca).publicKey)).toBe(true);
    expect(store.values('otp/otp-redis-tls')['ca.crt']).not.toBe(ca);
  });

  it('gives who has to trust the API the certificate of its authority, and no key', async () => {
    await bootstrap();
    const {'ca.crt': ca = ''} = store.values('otp/otp-app-tls');
    expect(store.values('otp/otp-app-ca')).toEqual({'ca.crt': ca, 'tls.crt': ca});
  });

  it('leaves to cert-manager the certificates that an environment wants from it', async () => {
    const issuer = {name: 'private', kind: 'ClusterIssuer'} as const;
    const environment = {...example.environment, certManager: {issuer}};
    await ensureAllSecrets({...example, environment}, (recipe) => ensureSecret(store.cluster, recipe));
    expect([...store.secrets.keys()].filter((path) => /tls|-ca/.test(path))).toEqual([]);
    expect([...secretsBeforeDeploy(environment).keys()].filter((name) => name.includes('tls'))).toEqual([
      'otp-ingress-tls',
    ]);
  });

  it('leaves to you the authority that a router wants apart, where cert-manager makes the certificates', () => {
    const issuer = {name: 'private', kind: 'ClusterIssuer'} as const;
    const {environment} = example;
    const exposure = {...environment.exposure, controller: 'openshift'} as const;
    expect(secretsBeforeDeploy({...environment, exposure, certManager: {issuer}}).get('otp-app-ca')).toEqual([
      'tls.crt',
    ]);
    expect(secretsBeforeDeploy(environment).has('otp-app-ca')).toBe(false);
  });

  it('puts the public name into the certificate where callers reach the pods themselves', () => {
    const {environment} = example;
    const exposure = {...environment.exposure, kind: 'loadBalancer', host: 'otp.example.com'} as const;
    expect(appCertificateNames({...environment, exposure})).toContain('otp.example.com');
    expect(appCertificateNames(environment)).not.toContain('otp.example.com');
  });
});
