import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useWorkspace } from '@/session/workspace'
import { commonFilter, tabFilter, type ListSearch } from './list-search'
import { countsQuery } from './queries'

/**
 * The figures of the tabs under the other filters of the list. They change each second while an import runs: only what
 * shows them uses them, so that the list is not drawn again.
 */
export function useCounts({ q, group, session, by, days }: ListSearch) {
  const { id } = useWorkspace()
  const shared = useMemo(() => commonFilter({ q, group, session, by, days }), [q, group, session, by, days])
  const { data } = useQuery({
    ...countsQuery(id, shared, { failed: { ...shared, ...tabFilter('failed') }, asked: { ...shared, ...tabFilter('asked') } }),
    placeholderData: (previous) => previous,
  })
  return data
}
