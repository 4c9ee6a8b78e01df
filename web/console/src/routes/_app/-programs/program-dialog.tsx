import { Button, Group, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { useStrings } from '@/i18n/strings'
import { ApiError } from '@/lib/faults'
import { patchRows } from '@/lib/pages'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { FaultSummary, faultOf } from '@/ui/fault-summary'
import { Modal } from '@/ui/modal'
import { notifyDone } from '@/ui/notify'
import { strings as common } from '@/ui/strings'
import { CreateProgramDocument, programsKey, UpdateProgramDocument, type ProgramRow } from './queries'
import { strings } from './strings'

/** Creates a program, or renames one. */
export function ProgramDialog({ program, close }: { program: ProgramRow | null; close: () => void }) {
  const t = useStrings(strings)
  const c = useStrings(common)
  const client = useQueryClient()
  const { id: workspaceId } = useWorkspace()
  const [name, setName] = useState(program?.name ?? '')
  const save = useMutation({
    meta: { silent: true },
    mutationFn: async () => {
      if (!name.trim()) {
        throw new ApiError('BAD_USER_INPUT', '', { violations: [{ field: 'name', message: t.nameMissing }] })
      }
      return program
        ? (await request(UpdateProgramDocument, { input: { programId: program.id, name: name.trim() } })).updateProgram?.program
        : (await request(CreateProgramDocument, { input: { workspaceId, name: name.trim() } })).createProgram?.program
    },
    onSuccess: (saved) => {
      if (!saved) return
      if (program) patchRows(client, programsKey(workspaceId), new Map([[saved.id, saved]]))
      else void client.resetQueries({ queryKey: programsKey(workspaceId) })
      void client.invalidateQueries({ queryKey: ['program-choices', workspaceId] })
      notifyDone(program ? t.saved(saved.name) : t.created(saved.name))
      close()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!save.isPending) save.mutate()
  }
  return (
    <Modal opened onClose={close} title={program ? t.rename : t.create} closeButtonProps={{ 'aria-label': c.close }}>
      <form className="stack" noValidate onSubmit={submit}>
        <FaultSummary error={save.error} inputs={['name']} />
        <TextInput
          id="name" label={t.nameLabel} data-autofocus maxLength={200} autoComplete="off" value={name}
          error={faultOf(save.error, 'name')} onChange={(event) => setName(event.currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button onClick={close}>{c.cancel}</Button>
          <Button type="submit" variant="filled" aria-busy={save.isPending}>
            {save.isPending ? c.working : program ? t.save : t.create}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
