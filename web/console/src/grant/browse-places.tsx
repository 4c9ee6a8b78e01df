import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Permission } from '@/gql/graphql'
import { useStrings } from '@/i18n/strings'
import { loadLevel, needsLevel } from '@/lib/tree-list'
import { useWorkspace } from '@/session/workspace'
import { notifyFailure } from '@/ui/notify'
import { Failure, Loading } from '@/ui/states'
import { Tree } from '@/ui/tree/tree'
import { placeTree, treeQuery, type Place, type TreePlace } from './queries'
import { strings } from './strings'

/** The tree of groups or of units to choose from. A press chooses a place, another one leaves it again. */
export function BrowsePlaces({ kind, value, change, limit, needs }: {
  kind: 'groups' | 'units'
  value: Place[]
  change: (places: Place[]) => void
  /** At most so many; with one, a press replaces what was chosen. */
  limit?: number
  /** What the caller must hold at a place to choose it; null for nothing. */
  needs: Permission | null
}) {
  const t = useStrings(strings)
  const { id } = useWorkspace()
  const client = useQueryClient()
  const source = useMemo(() => placeTree(id, kind), [id, kind])
  const { data, error, refetch } = useQuery(treeQuery(source))
  if (error) return <Failure error={error} retry={() => void refetch()} />
  if (!data) return <Loading />

  const chosen = new Set(value.map((place) => place.id))
  const mayChoose = ({ viewerCan }: TreePlace) => !needs || viewerCan.includes(needs)
  const toggle = (row: TreePlace) => {
    if (chosen.has(row.id)) return change(value.filter((place) => place.id !== row.id))
    if (!mayChoose(row)) return undefined
    const added = { id: row.id, name: row.name, where: '' }
    return change(limit === 1 ? [added] : [...value, added])
  }
  return (
    <>
      <p className="meta">{t.browseHint}</p>
      <Tree
        label={t[kind]} rows={data.rows} select={toggle}
        iconOf={(row) => chosen.has(row.id) ? 'circle-check' : mayChoose(row) ? 'folder' : 'lock'}
        hasMore={(row) => needsLevel(data, row.id)}
        fetchMore={(row) => void loadLevel(client, source, row.id).catch(notifyFailure)}
        wordOf={(row) => chosen.has(row.id) ? t.chosen : mayChoose(row) ? '' : t.notYours}
      />
    </>
  )
}
