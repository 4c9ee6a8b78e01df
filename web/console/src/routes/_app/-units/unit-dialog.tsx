import { Button, Group, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { useStrings } from '@/i18n/strings'
import { ApiError } from '@/lib/faults'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { FaultSummary, faultOf } from '@/ui/fault-summary'
import { Modal } from '@/ui/modal'
import { notifyDone } from '@/ui/notify'
import { strings as common } from '@/ui/strings'
import { isWithin } from '@/ui/tree/tree-model'
import { ParentSelect } from '../-places/parent-select'
import { CreateUnitDocument, patchUnits, UpdateUnitDocument, type UnitRow } from './queries'
import { strings } from './strings'

type Props = { units: UnitRow[]; mayTop: boolean; close: () => void; done?: (id: string) => void } & (
  | { mode: 'create'; parentId: string | null }
  | { mode: 'rename' | 'move'; unit: UnitRow }
)

/** Creates, renames or moves a unit. */
export function UnitDialog(props: Props) {
  const { mode, units, mayTop, close, done } = props
  const t = useStrings(strings)
  const c = useStrings(common)
  const client = useQueryClient()
  const { id: workspaceId } = useWorkspace()
  const unit = props.mode === 'create' ? null : props.unit
  const byId = new Map(units.map((row) => [row.id, row]))
  const parents = units.filter(({ id, viewerCan }) =>
    viewerCan.includes('ORG_UNITS_MANAGE') && !(unit && isWithin(byId, id, unit.id)))
  const [name, setName] = useState(unit?.name ?? '')
  const [parentId, setParentId] = useState(props.mode === 'create' ? props.parentId : props.unit.parent?.id ?? null)

  const save = useMutation({
    meta: { silent: true },
    mutationFn: async () => {
      if (!name.trim()) {
        throw new ApiError('BAD_USER_INPUT', '', { violations: [{ field: 'name', message: t.nameMissing }] })
      }
      if (!unit) {
        const input = { workspaceId, name: name.trim(), ...(parentId && { parentId }) }
        return (await request(CreateUnitDocument, { input })).createOrgUnit?.orgUnit
      }
      const input = { orgUnitId: unit.id, ...(mode === 'move' ? { parentId } : { name: name.trim() }) }
      return (await request(UpdateUnitDocument, { input })).updateOrgUnit?.orgUnit
    },
    onSuccess: (saved) => {
      if (!saved) return
      patchUnits(client, workspaceId, saved)
      notifyDone(unit ? t.saved(saved.name) : t.created(saved.name))
      close()
      done?.(saved.id)
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!save.isPending) save.mutate()
  }
  return (
    <Modal opened onClose={close} title={t[mode]} closeButtonProps={{ 'aria-label': c.close }}>
      <form className="stack" noValidate onSubmit={submit}>
        <FaultSummary error={save.error} inputs={['name', 'parentId']} />
        {mode !== 'move' && (
          <TextInput
            id="name" label={t.name} data-autofocus maxLength={200} autoComplete="off" value={name}
            error={faultOf(save.error, 'name')} onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
        {mode !== 'rename' && (
          <ParentSelect
            label={t.parent} topLabel={t.top} rows={byId} parents={parents} mayTop={mayTop}
            value={parentId} change={setParentId} error={faultOf(save.error, 'parentId')}
          />
        )}
        {mode === 'move' && <p className="meta">{t.moveText}</p>}
        <Group justify="flex-end">
          <Button onClick={close}>{c.cancel}</Button>
          <Button type="submit" variant="filled" aria-busy={save.isPending}>
            {save.isPending ? c.working : { create: t.create, rename: t.save, move: t.move }[mode]}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
