import {configDefaults, defineConfig} from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{app,infra,stacks,loadtests,chaos}/**/*.test.ts'],
    exclude: [...configDefaults.exclude, '**/*.browser.test.ts'],
    globalSetup: ['app/testing/global-setup.ts'],
    // Most tests wait for other programs: as many at once as there are cores on the smallest machine.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['{app,infra,stacks,chaos}/**/*.ts'],
      reporter: ['text-summary', 'lcov'],
    },
  },
});
