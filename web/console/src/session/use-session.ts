import { useSyncExternalStore } from 'react'
import { onSessionChange, sessionState, type SessionState } from '@/lib/session'
import { isOnline, onConnectivityChange } from '@/lib/connectivity'

/** The session of this tab. */
export function useSession(): SessionState {
  return useSyncExternalStore(onSessionChange, sessionState)
}

/** Whether the browser has a network. */
export function useIsOnline(): boolean {
  return useSyncExternalStore(onConnectivityChange, isOnline)
}
