import { defineConfig } from '@playwright/test';

// The distribution's browser: Playwright's own downloads are not used.
const chromium = process.env['KAOPING_CHROMIUM'] ?? '/usr/bin/chromium';

export default defineConfig({
  testMatch: '*.test.ts',
  outputDir: '../../target/e2e/results',
  reporter: 'list',
  // One program on fixed ports, and tests that walk one batch.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 120_000,
  // Other work may share the machine.
  expect: { timeout: 30_000 },
  use: {
    actionTimeout: 30_000,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    // Staff use TLS by an authority that the program makes on its first run.
    ignoreHTTPSErrors: true,
    viewport: { width: 1024, height: 768 },
    screenshot: 'only-on-failure',
    // A trace of every key pressed triples the time; `--trace on` makes one where it is needed.
    trace: 'off',
    launchOptions: {
      executablePath: chromium,
      // A service worker asks for a certificate that the whole browser accepts, not one page alone.
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--ignore-certificate-errors'],
    },
  },
});
