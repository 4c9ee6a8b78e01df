/** What browsers have and the test environment lacks. */
import { vi } from 'vitest'

vi.stubGlobal('matchMedia', (media: string) => ({
  media, matches: false, addEventListener: () => undefined, removeEventListener: () => undefined,
  addListener: () => undefined, removeListener: () => undefined,
}))
class NoObserver {
  observe() { return undefined }
  unobserve() { return undefined }
  disconnect() { return undefined }
}
vi.stubGlobal('ResizeObserver', NoObserver)
Element.prototype.scrollIntoView = () => undefined
