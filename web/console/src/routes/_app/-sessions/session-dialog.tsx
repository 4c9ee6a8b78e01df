import { Button, Group, Select, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { useStrings } from '@/i18n/strings'
import { ApiError } from '@/lib/faults'
import { patchRows } from '@/lib/pages'
import { request } from '@/lib/request'
import { fromZonedInput, toZonedInput } from '@/lib/zoned'
import { useWorkspace } from '@/session/workspace'
import { FaultSummary, faultOf } from '@/ui/fault-summary'
import { Modal } from '@/ui/modal'
import { notifyDone } from '@/ui/notify'
import { displayName } from '@/ui/person'
import { strings as common } from '@/ui/strings'
import { MemberPicker, type MemberChoice } from '../-places/member-picker'
import { programChoicesQuery } from '../-places/program-choices'
import { CreateSessionDocument, sessionQuery, sessionsKey, UpdateSessionDocument, type SessionRow } from './queries'
import { strings } from './strings'

type Entries = { programId: string | null; name: string; startsAt: string; endsAt: string; instructors: MemberChoice[] }

/** What the dialog begins with. */
function entriesOf(session: SessionRow | null, programId: string | undefined, timeZone: string): Entries {
  return {
    programId: programId ?? null,
    name: session?.name ?? '',
    startsAt: toZonedInput(session?.startsAt, timeZone),
    endsAt: toZonedInput(session?.endsAt, timeZone),
    instructors: (session?.instructors ?? []).map(({ id, user }) =>
      ({ id, name: displayName(user), login: user.email ?? user.username ?? '' })),
  }
}

/** Creates a session of a program, or changes its name, dates and instructors. */
export function SessionDialog({ session, programId, close, done }: {
  session: SessionRow | null
  programId?: string
  close: () => void
  done?: (id: string) => void
}) {
  const t = useStrings(strings)
  const c = useStrings(common)
  const { timeZone } = useWorkspace()
  const [entries, setEntries] = useState(() => entriesOf(session, programId, timeZone))
  const set = (next: Partial<Entries>) => setEntries({ ...entries, ...next })
  const save = useSave(session, entries, (saved) => {
    notifyDone(session ? t.saved(saved.name) : t.created(saved.name))
    close()
    done?.(saved.id)
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!save.isPending) save.mutate()
  }
  return (
    <Modal opened onClose={close} size={560} title={session ? t.edit : t.create} closeButtonProps={{ 'aria-label': c.close }}>
      <form className="stack" noValidate onSubmit={submit}>
        <FaultSummary error={save.error} inputs={['programId', 'name', 'startsAt', 'endsAt', 'instructorIds']} />
        {!session && (
          <ProgramSelect
            value={entries.programId} change={(chosen) => set({ programId: chosen })} error={faultOf(save.error, 'programId')}
          />
        )}
        <TextInput
          id="name" label={t.nameLabel} description={session ? undefined : t.nameHint} maxLength={200} autoComplete="off"
          value={entries.name} error={faultOf(save.error, 'name')} onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <div>
          <div className="pair">
            {(['startsAt', 'endsAt'] as const).map((field) => (
              <TextInput
                key={field} id={field} type="datetime-local" label={t[field]} value={entries[field]}
                error={faultOf(save.error, field)} onChange={(event) => set({ [field]: event.currentTarget.value })}
              />
            ))}
          </div>
          <p className="meta">{t.zone(timeZone)}</p>
          {session && toZonedInput(session.startsAt, timeZone) !== entries.startsAt && <p role="status">{t.moved}</p>}
        </div>
        <MemberPicker
          id="instructorIds" label={t.instructors} description={t.instructorsHint} value={entries.instructors}
          change={(instructors) => set({ instructors })} error={faultOf(save.error, 'instructorIds')}
        />
        <Group justify="flex-end">
          <Button onClick={close}>{c.cancel}</Button>
          <Button type="submit" variant="filled" aria-busy={save.isPending}>
            {save.isPending ? c.working : session ? t.save : t.create}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}

function ProgramSelect({ value, change, error }: {
  value: string | null
  change: (id: string | null) => void
  error?: string
}) {
  const t = useStrings(strings)
  const { id } = useWorkspace()
  const [search, setSearch] = useState('')
  const [wanted] = useDebouncedValue(search.trim(), 200)
  const { data = [] } = useQuery({ ...programChoicesQuery(id, wanted), placeholderData: (previous) => previous })
  return (
    <Select
      id="programId" label={t.program} description={t.programHint} searchable error={error} data-autofocus
      data={data.map((program) => ({ value: program.id, label: program.name }))}
      value={value} onChange={change} onSearchChange={setSearch}
    />
  )
}

/** Saves what was entered and puts it into the list and the page. */
function useSave(session: SessionRow | null, entries: Entries, finish: (saved: SessionRow) => void) {
  const t = useStrings(strings)
  const client = useQueryClient()
  const { id: workspace, timeZone } = useWorkspace()
  return useMutation({
    meta: { silent: true },
    mutationFn: async () => {
      const shared = {
        startsAt: fromZonedInput(entries.startsAt, timeZone), endsAt: fromZonedInput(entries.endsAt, timeZone),
        instructorIds: entries.instructors.map(({ id }) => id),
      }
      const name = entries.name.trim()
      if (session) {
        const input = { sessionId: session.id, name: name || session.name, ...shared }
        return (await request(UpdateSessionDocument, { input })).updateSession?.session
      }
      if (!entries.programId) {
        throw new ApiError('BAD_USER_INPUT', '', { violations: [{ field: 'programId', message: t.programMissing }] })
      }
      const input = { programId: entries.programId, ...(name && { name }), ...shared }
      return (await request(CreateSessionDocument, { input })).createSession?.session
    },
    onSuccess: (saved) => {
      if (!saved) return
      patchRows(client, sessionsKey(workspace), new Map([[saved.id, saved]]))
      if (!session) void client.resetQueries({ queryKey: sessionsKey(workspace) })
      void client.invalidateQueries({ queryKey: sessionQuery(saved.id).queryKey })
      finish(saved)
    },
  })
}
