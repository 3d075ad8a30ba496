import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The page is served by the program itself, in the browser and in the window, under a policy that allows no inline script
// and no address but its own: so nothing is inlined but small images, and every file is bundled.
export default defineConfig({
  plugins: [react()],
  build: {
    target: ["chrome109", "safari16"], // Debian's Chromium and WebKitGTK are newer; Windows' WebView2 on old machines is not
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test-setup.ts"],
    restoreMocks: true,
    testTimeout: 60_000, // a ceiling for a machine that is slow for a while: what passes never waits for it
  },
});
