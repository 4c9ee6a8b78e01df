import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { watch } from '@/lib/live'
import { patchRows } from '@/lib/pages'
import { useWorkspace } from '@/session/workspace'
import { isMoving } from './figures'
import { ImportProgressDocument, importQuery, importRowsKey, importsKey, type ImportDetail } from './queries'

/** How fast an import goes; null while it is not known. */
export type Pace = { rowsPerSecond?: number | null; secondsLeft?: number | null }

/** Keeps an import on the screen up to date while it moves, and reads its rows again when it stops. */
export function useLiveImport({ id, status }: ImportDetail): Pace {
  const client = useQueryClient()
  const { id: workspace } = useWorkspace()
  const [pace, setPace] = useState<Pace>({})
  const isWatched = isMoving(status)
  useEffect(() => {
    if (!isWatched) return undefined
    return watch(ImportProgressDocument, { id }, ({ importProgress: { import: next, ...rest } }) => {
      client.setQueryData(importQuery(id).queryKey, (previous) => previous && { ...previous, ...next })
      patchRows(client, importsKey(workspace), new Map([[id, next]]))
      setPace(rest)
      if (isMoving(next.status)) return
      void client.invalidateQueries({ queryKey: importQuery(id).queryKey })
      void client.resetQueries({ queryKey: importRowsKey(id) })
      for (const key of ['members', 'member-count', 'invitations', 'invitation-counts']) {
        void client.invalidateQueries({ queryKey: [key, workspace], refetchType: 'none' })
      }
    })
  }, [client, id, workspace, isWatched])
  return pace
}
