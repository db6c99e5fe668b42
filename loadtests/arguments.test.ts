import {describe, expect, test} from 'vitest';
import {type LoadArguments, parseLoadArguments} from './arguments.ts';
import {flowsOf} from './flows/flow.ts';

describe('npm run load', () => {
  test('a profile alone means all flows against this machine', () => {
    expect(parseLoadArguments(['smoke'])).toMatchObject({
      profile: {name: 'smoke'},
      flow: 'mixed',
      url: new URL('http://127.0.0.1:8080'),
    });
  });

  test('an unknown profile is refused with the list of profiles', () => {
    expect(() => parseLoadArguments(['smok'])).toThrow(/'smok'.*smoke, load, stress, spike, breakpoint/);
  });

  test('no profile is refused with the list of profiles', () => {
    expect(() => parseLoadArguments([])).toThrow(/name a profile: smoke/);
  });

  test('codes that come with the answers leave out the journey of messages, which there are none of', () => {
    const {codes, policy} = parseLoadArguments(['smoke', '--codes', 'answer', '--policy', 'load']) as LoadArguments;
    expect({codes, policy}).toEqual({codes: 'answer', policy: 'load'});
    expect(flowsOf('mixed', 'answer').map(({name}) => name)).toEqual(['verify', 'wrongGuesses', 'status']);
    expect(flowsOf('mixed', 'answer').reduce((sum, {share}) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(() => parseLoadArguments(['smoke', '--codes', 'answer', '--flow', 'resend'])).toThrow(/'resend'/);
    expect(() => parseLoadArguments(['smoke', '--codes', 'log'])).toThrow(/'log': expected inbox or answer/);
  });

  test('an unknown flow is refused with the list of flows', () => {
    expect(() => parseLoadArguments(['smoke', '--flow', 'pay'])).toThrow(/'pay'.*mixed, verify/);
  });

  test.each([
    'https://otp.example.com',
    'http://10.0.0.7:8080',
    'http://127.0.0.1.example.com',
    'http://localhost.evil.test',
  ])('a target elsewhere (%s) is refused by its address', (url) => {
    expect(() => parseLoadArguments(['smoke', '--url', url])).toThrow(url);
    expect(() => parseLoadArguments(['smoke', '--url', url])).toThrow('--allow-remote');
  });

  test('a target elsewhere is taken when the caller says so', () => {
    const options = parseLoadArguments(['smoke', '--url', 'https://otp.example.com', '--allow-remote']);
    expect(options).toMatchObject({url: new URL('https://otp.example.com')});
  });

  test.each(['http://localhost:1', 'http://127.8.9.10', 'http://[::1]:8080'])('%s is this machine', (url) => {
    expect(parseLoadArguments(['smoke', '--url', url])).toMatchObject({url: new URL(url)});
  });

  test.each(['127.0.0.1:8080', 'redis://127.0.0.1', 'http://127.0.0.1/v1'])('%s is no address of a service', (url) => {
    expect(() => parseLoadArguments(['smoke', '--url', url])).toThrow(`'${url}'`);
  });
});
