/** Fetches the levels of a tree that are opened, and those that show where the row in view lies. */
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { loadLevel, needsLevel, revealRow, type LevelRow, type TreeList, type TreeSource } from '@/lib/tree-list'
import { notifyFailure } from '@/ui/notify'

export function useLevels<Row extends LevelRow>(source: TreeSource<Row>, list: TreeList<Row> | undefined, selected?: string) {
  const client = useQueryClient()
  const isByLevel = Boolean(list?.levels)
  useEffect(() => {
    if (isByLevel && selected) revealRow(client, source, selected).catch(notifyFailure)
  }, [client, source, isByLevel, selected])
  return {
    hasMore: (row: Row) => needsLevel(list, row.id),
    fetchMore: (row: Row) => void loadLevel(client, source, row.id).catch(notifyFailure),
  }
}
