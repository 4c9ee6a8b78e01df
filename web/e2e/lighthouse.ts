// What the tests with Lighthouse share.
import { createServer, type AddressInfo } from 'node:net'

// freePort is a port that nothing listens on.
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
