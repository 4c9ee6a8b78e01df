import { ActionIcon, Button, Menu } from '@mantine/core'
import { useState } from 'react'
import { useStrings } from '@/i18n/strings'
import { isAllowed } from '@/lib/permissions'
import { useWorkspace } from '@/session/workspace'
import { Icon } from '@/ui/icon'
import { strings as common } from '@/ui/strings'
import { acts, concerned, needsSomewhere, type Act } from './bulk-acts'
import { BulkDialog } from './bulk-dialog'
import type { MemberRow } from './queries'
import { strings } from './strings'

/** What can be done with the selected people. Each act says how many it concerns before it runs. */
export function BulkBar({ selection, clear }: { selection: ReadonlyMap<string, MemberRow>; clear: () => void }) {
  const t = useStrings(strings)
  const c = useStrings(common)
  const { viewerPermissions } = useWorkspace()
  const [act, setAct] = useState<Act | null>(null)
  if (selection.size === 0) return null

  const chosen = [...selection.values()]
  const [first, ...others] = acts
    .filter((name) => isAllowed(viewerPermissions, [needsSomewhere[name] ?? []].flat()))
    .filter((name) => concerned(name, chosen).length > 0)
  return (
    <div className="bulk" role="region" aria-label={t.selectedPeople}>
      <strong className="num" role="status">{t.selected(selection.size)}</strong>
      {first && <Button variant="subtle" onClick={() => setAct(first)}>{t.acts[first]}</Button>}
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
      {act && <BulkDialog act={act} selection={selection} clear={clear} close={() => setAct(null)} />}
    </div>
  )
}
