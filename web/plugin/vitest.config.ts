import { defineConfig } from 'vitest/config';

export default defineConfig({
  define: { __VERSION__: JSON.stringify('0.0.0-test') },
  test: { include: ['tests/unit/**/*.test.ts'], environment: 'node', pool: 'threads', maxWorkers: 1, testTimeout: 10_000 },
});
