import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useStrings } from '@/i18n/strings'
import { patchRows } from '@/lib/pages'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { Confirm } from '@/ui/confirm'
import { notifyDone } from '@/ui/notify'
import { PlacePicker } from '@/grant/place-picker'
import { AssignProgramDocument, programsKey, UnassignProgramDocument, type ProgramRow } from './queries'
import { strings } from './strings'

/** Chooses the groups that a program is assigned to. */
export function GroupsDialog({ program, close }: { program: ProgramRow; close: () => void }) {
  const t = useStrings(strings)
  const client = useQueryClient()
  const { id: workspace } = useWorkspace()
  const [groups, setGroups] = useState(program.groups.map(({ id, name }) => ({ id, name, where: '' })))
  const run = async () => {
    const programId = program.id
    const keep = (saved?: ProgramRow) => saved && patchRows(client, programsKey(workspace), new Map([[programId, saved]]))
    const had = new Set(program.groups.map(({ id }) => id))
    const has = new Set(groups.map(({ id }) => id))
    // One after the other, so that the last answer holds all groups.
    for (const groupId of has) {
      if (!had.has(groupId)) keep((await request(AssignProgramDocument, { input: { programId, groupId } })).assignProgram?.program)
    }
    for (const groupId of had) {
      if (!has.has(groupId)) keep((await request(UnassignProgramDocument, { input: { programId, groupId } })).unassignProgram?.program)
    }
    notifyDone(t.saved(program.name))
  }
  return (
    <Confirm opened title={t.assign} action={t.save} run={run} close={close}>
      <div className="stack">
        <PlacePicker kind="groups" id="groups" label={t.groups} value={groups} change={setGroups} />
        <p className="meta">{t.assignText}</p>
      </div>
    </Confirm>
  )
}
