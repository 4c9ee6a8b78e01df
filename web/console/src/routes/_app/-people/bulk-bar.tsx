import { ActionIcon, Button, Menu } from '@mantine/core'
import { useState } from 'react'
import type { MemberFilter } from '@/gql/graphql'
import { useStrings } from '@/i18n/strings'
import { isAllowed } from '@/lib/permissions'
import { useWorkspace } from '@/session/workspace'
import { Icon } from '@/ui/icon'
import { strings as common } from '@/ui/strings'
import { acts, concerned, filterFor, needsForAll, needsSomewhere, type Act } from './bulk-acts'
import { BulkDialog } from './bulk-dialog'
import { strings } from './bulk-strings'
import type { MemberRow } from './queries'

type Props = {
  selection: ReadonlyMap<string, MemberRow>
  /** The filter of the list and how many people it selects, once they are counted. */
  filter: MemberFilter
  count?: number
  clear: () => void
}

/** What can be done with the selected people. Each act says how many it concerns before it runs. */
export function BulkBar({ selection, filter, count, clear }: Props) {
  const t = useStrings(strings)
  const c = useStrings(common)
  const { viewerPermissions } = useWorkspace()
  const [act, setAct] = useState<Act | null>(null)
  const isAll = useAll(selection, filter)
  if (selection.size === 0) return null

  const chosen = [...selection.values()]
  const isPossible = (name: Act) => isAll.value
    ? filterFor(name, filter) !== null && isAllowed(viewerPermissions, needsForAll(name))
    : concerned(name, chosen).length > 0
  const [first, ...others] = acts
    .filter((name) => isAllowed(viewerPermissions, [needsSomewhere[name] ?? []].flat()))
    .filter(isPossible)
  const isMore = !isAll.value && count !== undefined && count > selection.size
  const isFiltered = Object.keys(filter).length > 0
  return (
    <div className="bulk" role="region" aria-label={t.selectedPeople}>
      <strong className="num" role="status">{t.selected(isAll.value && count !== undefined ? count : selection.size)}</strong>
      {isMore && (
        <Button variant="subtle" className="every" onClick={isAll.turnOn}>
          {isFiltered ? t.selectMatching(count) : t.selectAll(count)}
        </Button>
      )}
      {first && <Button variant="subtle" className="act" onClick={() => setAct(first)}>{t.acts[first]}</Button>}
      {others.length > 0 && (
        <Menu>
          <Menu.Target><Button variant="subtle">{t.moreActs}</Button></Menu.Target>
          <Menu.Dropdown>
            {others.map((name) => (
              <Menu.Item key={name} className={name === 'remove' ? 'danger' : undefined} onClick={() => setAct(name)}>
                {t.acts[name]}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      <ActionIcon aria-label={c.clearSelection} onClick={clear}><Icon name="x" /></ActionIcon>
      {act && (
        <BulkDialog act={act} selection={selection} all={isAll.value ? filter : null} clear={clear} close={() => setAct(null)} />
      )}
    </div>
  )
}

/** Whether all people of the filter are selected. A change of the selection or of the filter ends it. */
function useAll(selection: Props['selection'], filter: MemberFilter) {
  const [asked, setAsked] = useState<{ selection: Props['selection']; filter: string } | null>(null)
  const key = JSON.stringify(filter)
  return {
    value: asked?.selection === selection && asked.filter === key,
    turnOn: () => setAsked({ selection, filter: key }),
  }
}
