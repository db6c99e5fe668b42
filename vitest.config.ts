import {configDefaults, defineConfig} from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{app,infra,stacks,loadtests,chaos}/**/*.test.ts'],
    exclude: [...configDefaults.exclude, '**/*.browser.test.ts'],
    globalSetup: ['app/testing/global-setup.ts'],
    // The smallest machine has two cores, and many tests wait for other programs: 164 s, where two at once took 209.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['{app,infra,stacks,chaos}/**/*.ts'],
      reporter: ['text-summary', 'lcov'],
    },
  },
});
