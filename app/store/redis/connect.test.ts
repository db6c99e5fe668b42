import {describe, expect, it} from 'vitest';
import {createCertificate} from '../../testing/certificates.ts';
import {mountSecret} from '../../testing/mounted-secret.ts';
import {connectTo} from '../../testing/redis-connection.ts';
import {freePort, startRedis} from '../../testing/redis-server.ts';
import {until} from '../../testing/until.ts';

describe('a connection', () => {
  it('is opened with the password of today: a rotation needs no restart', async () => {
    await using server = await startRedis();
    const admin = connectTo(server.url);
    await until('the connection', () => admin.status === 'ready');
    await admin.call('ACL', 'SETUSER', 'app', 'on', '>first', '~*', '+@all');
    let password = 'first';
    const told: string[] = [];
    const redis = connectTo(server.url, {
      credentials: () => ({username: 'app', password}),
      onDown: ({message}) => told.push(message),
      onUp: () => told.push('up'),
    });
    await until('the first login', () => redis.status === 'ready');
    await admin.call('ACL', 'SETUSER', 'app', '>second');
    password = 'second';
    await admin.call('ACL', 'SETUSER', 'app', '<first');
    expect(await redis.ping()).toBe('PONG');
    await admin.call('CLIENT', 'KILL', 'USER', 'app');
    await until('the second login', () => told.filter((each) => each === 'up').length === 2);
    expect(await redis.call('ACL', 'WHOAMI')).toBe('app');
    password = 'wrong';
    await admin.call('CLIENT', 'KILL', 'USER', 'app');
    await until('a refusal', () => told.some((each) => each.includes('WRONGPASS')));
    password = 'second';
    await until('the third login', () => told.at(-1) === 'up');
    redis.disconnect();
    admin.disconnect();
  });

  it('is TLS where that is asked for, to a server that the authority of today vouches for and to no other', async () => {
    const [old, renewed] = [await createCertificate('localhost'), await createCertificate('localhost')];
    using files = mountSecret({'tls.crt': old.cert, 'tls.key': old.key, 'ca.crt': old.ca});
    const port = await freePort();
    await using _server = await startRedis({
      options: [
        ...['--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no'],
        ...['--tls-ca-cert-file', files.path('ca.crt')],
        ...['--tls-cert-file', files.path('tls.crt'), '--tls-key-file', files.path('tls.key')],
      ],
    });
    let {ca} = renewed;
    const told: string[] = [];
    const redis = connectTo(`rediss://localhost:${port}`, {
      credentials: () => ({ca}),
      onDown: ({message}) => told.push(message),
    });
    await until('a refusal', () => told.length > 0);
    expect(told.join()).toMatch(/certificate/);
    ca = old.ca;
    await until('a connection', () => redis.status === 'ready');
    files.swap({'tls.crt': renewed.cert, 'tls.key': renewed.key, 'ca.crt': renewed.ca});
    await redis.config('SET', 'tls-cert-file', files.path('tls.crt'), 'tls-key-file', files.path('tls.key'));
    ca = renewed.ca;
    redis.disconnect(true);
    await until('the end', () => redis.status !== 'ready');
    await until('a connection', () => redis.status === 'ready');
    redis.disconnect();
  });
});
