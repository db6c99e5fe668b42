import {describe, expect, it} from 'vitest';
import {loadEnvironment} from '../environment/load.ts';
import {projectRoot} from '../lib/project-root.ts';
import {checkService} from './check-service.ts';

const example = loadEnvironment('example', projectRoot);
const withService = (service: object) => ({
  ...example,
  file: 'trial.yaml',
  environment: {...example.environment, service},
});

describe('the configuration of the service', () => {
  it('of the example is one that its pods accept in production, before any Secret exists', () => {
    expect(() => checkService(example)).not.toThrow();
  });

  it("that its pods would refuse is refused before a deploy, with the environment's file", () => {
    const {service} = example.environment;
    const twoDigits = {...service, policies: {login: {codeLength: 2, channels: ['email']}}};
    expect(() => checkService(withService(twoDigits))).toThrow(
      /^trial\.yaml: service: policies\.login\.codeLength: 2, expected/,
    );
  });

  it('without a provider is refused', () => {
    expect(() => checkService(withService({}))).toThrow(/trial\.yaml: service.*"providers" is missing/s);
  });
});
