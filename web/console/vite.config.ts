// Build and unit tests of the console. The binary serves dist under /console/ and replaces the
// nonce of the page for each response.
import { fileURLToPath } from 'node:url'
import { tanstackRouter } from '@tanstack/router-plugin/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'
import { documents } from './documents.ts'

const source = fileURLToPath(new URL('src', import.meta.url))
const server = process.env.USHER_SERVER ?? 'http://127.0.0.1:8080'

export default defineConfig({
  base: '/console/',
  plugins: [
    documents(source),
    tanstackRouter({
      target: 'react',
      autoCodeSplitting: true,
      routesDirectory: './src/routes',
      generatedRouteTree: './src/route-tree.gen.ts',
      routeFileIgnorePrefix: '-',
      quoteStyle: 'single',
      semicolons: false,
    }),
    react(),
  ],
  resolve: { alias: { '@': source } },
  html: { cspNonce: 'USHER_NONCE' },
  build: { target: 'es2023', assetsInlineLimit: 0, modulePreload: { polyfill: false }, manifest: true },
  server: { proxy: Object.fromEntries(['/graphql', '/downloads', '/join', '/sign-in'].map((path) => [path, server])) },
  test: {
    environment: 'happy-dom',
    setupFiles: ['./test/setup.ts'],
    include: ['{src,test}/**/*.test.{ts,tsx}'],
    css: false,
  },
})
