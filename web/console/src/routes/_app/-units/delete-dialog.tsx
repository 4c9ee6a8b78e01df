import { Button, Group } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useStrings } from '@/i18n/strings'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { Confirm } from '@/ui/confirm'
import { Modal } from '@/ui/modal'
import { notifyDone } from '@/ui/notify'
import { strings as common } from '@/ui/strings'
import { DeleteUnitDocument, patchUnits, unitInUseQuery, type UnitRow } from './queries'
import { strings } from './strings'

/** Confirms that a unit is deleted: it says where its people go, or why it cannot be deleted yet. */
export function DeleteDialog({ unit, units, close, done }: {
  unit: UnitRow
  units: UnitRow[]
  close: () => void
  done: () => void
}) {
  const t = useStrings(strings)
  const c = useStrings(common)
  const client = useQueryClient()
  const { id: workspace } = useWorkspace()
  const { data: use } = useQuery(unitInUseQuery(workspace, unit.id))
  const parent = units.find(({ id }) => id === unit.parent?.id)?.name ?? null
  const title = t.deleteTitle(unit.name)
  if (use && use.children > 0) {
    return (
      <Modal opened onClose={close} title={title} closeButtonProps={{ 'aria-label': c.close }}>
        <div className="stack">
          <p>{t.deleteFull(use.children)}</p>
          <Group justify="flex-end"><Button onClick={close}>{c.close}</Button></Group>
        </div>
      </Modal>
    )
  }
  const run = async () => {
    await request(DeleteUnitDocument, { input: { orgUnitId: unit.id } })
    patchUnits(client, workspace, null, unit.id)
    notifyDone(t.deleted(unit.name))
    done()
  }
  return (
    <Confirm opened danger title={title} action={t.delete} run={run} close={close}>
      <div className="stack">
        {use && <p>{t.deletePeople(use.people, parent)}</p>}
        <p>{t.deleteRoles}</p>
      </div>
    </Confirm>
  )
}
