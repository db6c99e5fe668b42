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
  it('of the example is one that its pods accept in production, before any Secret exists', async () => {
    await expect(checkService(example)).resolves.toBeUndefined();
  });

  it("that its pods would refuse is refused before a deploy, with the environment's file", async () => {
    const {service} = example.environment;
    const twoDigits = {...service, policies: {login: {codeLength: 2, channels: ['email']}}};
    await expect(checkService(withService(twoDigits))).rejects.toThrow(
      /^trial\.yaml: service: policies\.login\.codeLength: 2, expected/,
    );
  });

  it('without a provider is refused', async () => {
    await expect(checkService(withService({}))).rejects.toThrow(/trial\.yaml: service.*"providers" is missing/s);
  });
});
