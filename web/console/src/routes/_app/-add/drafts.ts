/** What was typed in the dialog, kept until it is sent, or until the page is left. */
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useSyncExternalStore, type SetStateAction } from 'react'
import { useWorkspace } from '@/session/workspace'

/**
 * The text and the choices of one tab, as useState would hold them. They lie in the cache, so that a
 * dialog that was closed by mistake opens again as it was.
 */
export function useDraft<Form extends object>(name: string, empty: Form) {
  const client = useQueryClient()
  const { id } = useWorkspace()
  // useQuery tells a change a moment too late: React has put the field back by then, and the caret jumps to its end.
  const subscribe = useCallback((tell: () => void) => client.getQueryCache().subscribe(tell), [client])
  const form = useSyncExternalStore(subscribe, () => client.getQueryData<Form>(['draft', id, name]) ?? empty)
  const change = useCallback((next: SetStateAction<Form>) => {
    client.setQueryData<Form>(['draft', id, name], (previous = empty) => typeof next === 'function' ? next(previous) : next)
  }, [client, id, name, empty])
  return [form, change] as const
}
