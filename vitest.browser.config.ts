import {defineConfig} from 'vitest/config';

// npm run test:browser: what needs a browser, apart from what needs none.
export default defineConfig({
  test: {
    include: ['app/**/*.browser.test.ts'],
    globalSetup: ['app/testing/browser-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
