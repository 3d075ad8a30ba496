import { defineConfig } from "@playwright/test";

const args = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// Debian's Chromium of the same source and version without its own windows, bars and pages: those were a third of what a test cost,
// and no test looks at them. CAVEAT_CHROMIUM=/usr/bin/chromium runs the tests in the whole browser.
const browser = process.env.CAVEAT_CHROMIUM ?? "/usr/bin/chromium-headless-shell";

// The tests drive the real program (build/bin/caveat, or CAVEAT_BIN) with its demonstration federation, each worker its own.
// CAVEAT_SLOW=4 makes the browser four times slower: what then fails would fail on a slow machine some day.
export default defineConfig({
  testDir: "e2e",
  // Ceilings for a machine that is slow for a while, not measures of the page: what passes never waits for them.
  timeout: 180_000,
  expect: { timeout: 40_000 },
  forbidOnly: process.env.CI !== undefined,
  fullyParallel: false,
  workers: 2,
  retries: 0,
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    timezoneId: "UTC",
    launchOptions: { executablePath: browser, args },
    // Recording what happened costs every test; where nobody looks at it afterwards it is not done.
    trace: process.env.CI ? "off" : { mode: "retain-on-failure", screenshots: false },
  },
  projects: [
    { name: "app", testMatch: "*.spec.ts" },
    { name: "screenshots", testMatch: "*.shots.ts" },
    { name: "bench", testMatch: "*.bench.ts", timeout: 20 * 60_000, workers: 1 },
  ],
});
