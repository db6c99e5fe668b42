import {once} from 'node:events';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createServer, type Server} from 'node:https';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {makeAuthority, makeCertificate} from '../bootstrap/certificates.ts';
import {loadEnvironment} from '../environment/load.ts';
import {projectRoot} from '../lib/project-root.ts';
import {connect} from './connect.ts';
import {terraformKubeconfig} from './kubeconfig.ts';

/** A kubeconfig with one context, which leads to a server that knows its version and no more. */
let folder: string;
let kubeconfig: string;
let server: Server;
let address: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'otp-kubeconfig-'));
  const authority = await makeAuthority('test');
  const certificate = await makeCertificate(authority, ['localhost']);
  server = createServer({cert: certificate['tls.crt'], key: certificate['tls.key']}, (_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({gitVersion: 'v1.34.4'}));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  address = `https://localhost:${typeof bound === 'object' ? bound?.port : ''}`;
  kubeconfig = join(folder, 'config');
  const content = {
    clusters: [
      {
        name: 'c',
        cluster: {
          server: address,
          'certificate-authority-data': Buffer.from(authority.certificatePem).toString('base64'),
        },
      },
    ],
    users: [{name: 'u', user: {}}],
    contexts: [{name: 'staging', context: {cluster: 'c', user: 'u'}}],
    'current-context': 'staging',
  };
  writeFileSync(kubeconfig, JSON.stringify(content));
  vi.stubEnv('KUBECONFIG', kubeconfig);
});
afterEach(() => {
  vi.unstubAllEnvs();
  server.close();
  server.closeAllConnections();
  rmSync(folder, {recursive: true});
});

function environment(yaml: string) {
  const file = join(folder, 'prod.yaml');
  writeFileSync(file, `namespace: otp\n${yaml}`);
  return loadEnvironment(file, projectRoot);
}

describe('the cluster of an environment', () => {
  it('is that of its context, and says which one it is', async () => {
    const {description} = await connect(environment('context: staging\n'));
    expect(description).toBe(`${address} (context staging, Kubernetes v1.34.4)`);
  });

  it("is not the current context's where the environment names another: both are named", async () => {
    await expect(connect(environment('context: production\n'))).rejects.toThrow(
      `environment "prod" is for context "production", which ${kubeconfig} does not have; it has staging (current: staging)`,
    );
  });

  it("is not one elsewhere under the same context's name: both addresses are named", async () => {
    await expect(connect(environment('context: staging\nserver: https://10.0.0.1:6443\n'))).rejects.toThrow(
      `environment "prod" is for the cluster at https://10.0.0.1:6443; context "staging" points to ${address}`,
    );
  });

  it('that does not answer is named with the reason', async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
    await expect(connect(environment('context: staging\n'))).rejects.toThrow(
      /^cluster https:\/\/localhost:\d+ \(context staging\) cannot be reached: .*ECONNREFUSED/,
    );
  });
});

describe('Terraform', () => {
  it('is given the kubeconfig by the names that it reads', () => {
    expect(terraformKubeconfig({KUBECONFIG: kubeconfig})).toEqual({KUBE_CONFIG_PATH: kubeconfig});
    expect(terraformKubeconfig({KUBECONFIG: `${kubeconfig}:/nowhere:${kubeconfig}`})).toEqual({
      KUBE_CONFIG_PATHS: `${kubeconfig}:${kubeconfig}`,
    });
  });

  it('is not started without a kubeconfig', () => {
    expect(() => terraformKubeconfig({KUBECONFIG: '/nowhere'})).toThrow(
      'no kubeconfig: /nowhere does not exist; set KUBECONFIG',
    );
  });
});
