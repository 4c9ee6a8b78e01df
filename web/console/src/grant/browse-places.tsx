import { useQuery } from '@tanstack/react-query'
import { useStrings } from '@/i18n/strings'
import { useWorkspace } from '@/session/workspace'
import { Failure, Loading } from '@/ui/states'
import { Tree } from '@/ui/tree/tree'
import { treeQuery, type Place, type TreePlace } from './queries'
import { strings } from './strings'

/** The tree of groups or of units to choose from. A press chooses a place, another one leaves it again. */
export function BrowsePlaces({ kind, value, change, limit }: {
  kind: 'groups' | 'units'
  value: Place[]
  change: (places: Place[]) => void
  /** At most so many; with one, a press replaces what was chosen. */
  limit?: number
}) {
  const t = useStrings(strings)
  const { id } = useWorkspace()
  const { data, error, refetch } = useQuery(treeQuery(id, kind))
  if (error) return <Failure error={error} retry={() => void refetch()} />
  if (!data) return <Loading />

  const chosen = new Set(value.map((place) => place.id))
  const mayChoose = ({ viewerCan }: TreePlace) => viewerCan.includes('MEMBERS_INVITE')
  const toggle = (row: TreePlace) => {
    if (chosen.has(row.id)) return change(value.filter((place) => place.id !== row.id))
    if (!mayChoose(row)) return undefined
    const added = { id: row.id, name: row.name, where: '' }
    return change(limit === 1 ? [added] : [...value, added])
  }
  return (
    <>
      <p className="meta">{data.isCut ? t.browseCut : t.browseHint}</p>
      <Tree
        label={t[kind]} rows={data.rows} select={toggle}
        iconOf={(row) => chosen.has(row.id) ? 'circle-check' : mayChoose(row) ? 'folder' : 'lock'}
        wordOf={(row) => chosen.has(row.id) ? t.chosen : mayChoose(row) ? '' : t.notYours}
      />
    </>
  )
}
