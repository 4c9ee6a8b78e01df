/** Whether the browser has a network, as far as it knows. */

export const isOnline = (): boolean => navigator.onLine

/** Calls listener when the network comes or goes; returns how to stop. */
export function onConnectivityChange(listener: () => void): () => void {
  window.addEventListener('online', listener)
  window.addEventListener('offline', listener)
  return () => {
    window.removeEventListener('online', listener)
    window.removeEventListener('offline', listener)
  }
}
