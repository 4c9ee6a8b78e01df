/** What was typed in the dialog, kept until it is sent, or until the page is left. */
import { skipToken, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, type SetStateAction } from 'react'
import { useWorkspace } from '@/session/workspace'

/**
 * The text and the choices of one tab, as useState would hold them. They lie in the cache, so that a
 * dialog that was closed by mistake opens again as it was.
 */
export function useDraft<Form extends object>(name: string, empty: Form) {
  const client = useQueryClient()
  const { id } = useWorkspace()
  const { data } = useQuery<Form>({
    queryKey: ['draft', id, name], queryFn: skipToken, staleTime: Infinity, gcTime: Infinity, initialData: empty,
  })
  const change = useCallback((next: SetStateAction<Form>) => {
    client.setQueryData<Form>(['draft', id, name], (previous = empty) => typeof next === 'function' ? next(previous) : next)
  }, [client, id, name, empty])
  return [data ?? empty, change] as const
}
