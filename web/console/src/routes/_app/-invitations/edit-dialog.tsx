import { Button, Group, MultiSelect, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import type { UpdateInvitationInput } from '@/gql/graphql'
import { useStrings } from '@/i18n/strings'
import { request } from '@/lib/request'
import { FaultSummary, faultOf } from '@/ui/fault-summary'
import { Modal } from '@/ui/modal'
import { notifyDone } from '@/ui/notify'
import { Failure, Loading } from '@/ui/states'
import { strings as common } from '@/ui/strings'
import { nameOf } from './columns'
import { CorrectEmailDocument, detailKey, detailQuery, UpdateDocument, type InvitationRow } from './queries'
import { strings } from './strings'

type Texts = { row: InvitationRow; keep: (row: InvitationRow) => void; close: () => void }
type Detail = NonNullable<Awaited<ReturnType<NonNullable<ReturnType<typeof detailQuery>['queryFn']>>>>

/** Changes an invitation that waits: address, names, expiry, and what it gives. */
export function EditDialog({ row, keep, close }: Texts) {
  const t = useStrings(strings)
  const c = useStrings(common)
  const detail = useQuery({ ...detailQuery(row.id), staleTime: 0 })
  return (
    <Modal opened onClose={close} title={t.editTitle(nameOf(row))} closeButtonProps={{ 'aria-label': c.close }} size="lg">
      {detail.isPending && <Loading />}
      {detail.isError && <Failure error={detail.error} retry={() => void detail.refetch()} />}
      {detail.data && !detail.isFetching && <EditForm detail={detail.data} keep={keep} close={close} />}
    </Modal>
  )
}

const inputs = [
  'email', 'firstName', 'lastName', 'expiresAt', 'grant.groupIds', 'grant.sessionIds', 'grant.labels', 'grant.accessExpiresAt',
]

const dayOf = (moment: string | null | undefined): string => moment?.slice(0, 10) ?? ''

function EditForm({ detail, keep, close }: { detail: Detail; keep: (row: InvitationRow) => void; close: () => void }) {
  const t = useStrings(strings)
  const c = useStrings(common)
  const client = useQueryClient()
  const start = {
    email: detail.email, firstName: detail.firstName ?? '', lastName: detail.lastName ?? '',
    expiresAt: dayOf(detail.expiresAt), accessEnd: dayOf(detail.grant.accessExpiresAt),
    labels: detail.grant.labels.join(', '),
    groups: detail.grant.groups.map(({ id }) => id), sessions: detail.grant.sessions.map(({ id }) => id),
  }
  const [form, setForm] = useState(start)
  const [error, setError] = useState<unknown>(null)
  const [isRunning, setRunning] = useState(false)
  const set = (change: Partial<typeof form>) => setForm((previous) => ({ ...previous, ...change }))

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (isRunning) return
    setRunning(true)
    setError(null)
    try {
      const input = changesOf(detail.id, start, form)
      if (input) keepResult((await request(UpdateDocument, { input })).updateInvitation?.invitation)
      // Last, because it makes the link of the invitation invalid and sends an email.
      if (form.email.trim() !== start.email) {
        const answer = await request(CorrectEmailDocument, { input: { invitationId: detail.id, email: form.email.trim() } })
        keepResult(answer.correctInvitationEmail?.invitation)
      }
      notifyDone(t.saved)
      close()
    } catch (problem) {
      setError(problem)
    } finally {
      setRunning(false)
    }
  }
  const keepResult = (changed: InvitationRow | undefined) => {
    if (!changed) return
    keep(changed)
    client.removeQueries({ queryKey: detailKey(detail.id) })
  }

  return (
    <form className="stack" onSubmit={(event) => void submit(event)} noValidate>
      <FaultSummary error={error} inputs={inputs} />
      <TextInput
        id="email" label={t.email} description={t.emailHint} type="email" autoComplete="off" value={form.email}
        error={faultOf(error, 'email')} onChange={(event) => set({ email: event.currentTarget.value })}
      />
      <div className="pair">
        <TextInput
          id="firstName" label={t.firstName} autoComplete="off" value={form.firstName} error={faultOf(error, 'firstName')}
          onChange={(event) => set({ firstName: event.currentTarget.value })}
        />
        <TextInput
          id="lastName" label={t.lastName} autoComplete="off" value={form.lastName} error={faultOf(error, 'lastName')}
          onChange={(event) => set({ lastName: event.currentTarget.value })}
        />
        <TextInput
          id="expiresAt" label={t.expiry} type="date" description={t.expiryHint} value={form.expiresAt}
          error={faultOf(error, 'expiresAt')} onChange={(event) => set({ expiresAt: event.currentTarget.value })}
        />
        <TextInput
          id="grant.accessExpiresAt" label={t.accessEnd} type="date" value={form.accessEnd}
          error={faultOf(error, 'grant.accessExpiresAt')} onChange={(event) => set({ accessEnd: event.currentTarget.value })}
        />
      </div>
      {detail.grant.groups.length > 0 && (
        <MultiSelect
          id="grant.groupIds" label={t.leaveGroups} data={optionsOf(detail.grant.groups)} value={form.groups}
          error={faultOf(error, 'grant.groupIds')} onChange={(groups) => set({ groups })}
        />
      )}
      {detail.grant.sessions.length > 0 && (
        <MultiSelect
          id="grant.sessionIds" label={t.leaveSessions} data={optionsOf(detail.grant.sessions)} value={form.sessions}
          error={faultOf(error, 'grant.sessionIds')} onChange={(sessions) => set({ sessions })}
        />
      )}
      <TextInput
        id="grant.labels" label={t.labels} description={t.labelsHint} value={form.labels} error={faultOf(error, 'grant.labels')}
        onChange={(event) => set({ labels: event.currentTarget.value })}
      />
      <Group justify="flex-end">
        <Button onClick={close}>{c.cancel}</Button>
        <Button variant="filled" type="submit" aria-busy={isRunning}>{isRunning ? t.saving : t.save}</Button>
      </Group>
    </form>
  )
}

const optionsOf = (places: { id: string; name: string }[]) => places.map(({ id, name }) => ({ value: id, label: name }))

type Form = {
  email: string; firstName: string; lastName: string; expiresAt: string; accessEnd: string; labels: string
  groups: string[]; sessions: string[]
}

const listOf = (labels: string): string[] => labels.split(',').map((label) => label.trim()).filter(Boolean)

/** Only what was changed is sent: what others changed meanwhile stays. Null when nothing was. */
export function changesOf(invitationId: string, start: Form, form: Form): UpdateInvitationInput | null {
  const removedGroups = start.groups.filter((id) => !form.groups.includes(id))
  const grant = {
    ...(form.accessEnd !== start.accessEnd && { accessExpiresAt: form.accessEnd || null }),
    ...(removedGroups.length > 0 && { removeGroupIds: removedGroups }),
    ...(form.sessions.length !== start.sessions.length && { sessionIds: form.sessions }),
    ...(form.labels !== start.labels && { labels: listOf(form.labels) }),
  }
  const input = {
    ...(form.firstName !== start.firstName && { firstName: form.firstName.trim() || null }),
    ...(form.lastName !== start.lastName && { lastName: form.lastName.trim() || null }),
    ...(form.expiresAt !== start.expiresAt && (form.expiresAt ? { expiresAt: form.expiresAt } : { neverExpires: true })),
    ...(Object.keys(grant).length > 0 && { grant }),
  }
  return Object.keys(input).length > 0 ? { invitationId, ...input } : null
}
