import { Button, Checkbox, Group, Textarea, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useMemo, useState, type Dispatch, type FormEvent, type SetStateAction } from 'react'
import type { InviteUsersInput } from '@/gql/graphql'
import { useStrings } from '@/i18n/strings'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { FaultSummary, faultOf } from '@/ui/fault-summary'
import { Icon } from '@/ui/icon'
import { notifyDone } from '@/ui/notify'
import { addEntries, kindOf, verdictsByText, withAddress, withoutDone, type Entry, type Verdict } from './entries'
import { EntriesField } from './entries-field'
import { emptyGrant, grantOf, type GrantForm } from '@/grant/grant-form'
import { grantInputs, MoreFields, PlaceFields } from '@/grant/grant-fields'
import { PlanPanel } from './plan-panel'
import { InviteDocument, planQuery } from './queries'
import { strings } from './strings'

const inputs = ['emails', ...grantInputs, 'message', 'expiresAt']

/** What was typed. */
export type InviteForm = {
  entries: Entry[]
  /** What is typed and not an entry yet. */
  text: string
  grant: GrantForm
  message: string
  expiresAt: string
  isLinkOnly: boolean
  /** What the server answered when the list was last sent. */
  outcomes: Verdict[]
}

export const emptyInvite: InviteForm = {
  entries: [], text: '', grant: emptyGrant, message: '', expiresAt: '', isLinkOnly: false, outcomes: [],
}

/** The texts of a list, each once. */
const textsOf = (entries: Entry[]) => [...new Set(entries.map((entry) => entry.text))]

type Props = { form: InviteForm; change: Dispatch<SetStateAction<InviteForm>>; close: () => void }

/** Invites a list of people. Invited entries leave the list; the others stay in it with the reason. */
export function InviteTab({ form, change, close }: Props) {
  const t = useStrings(strings)
  const { id: workspaceId } = useWorkspace()
  const client = useQueryClient()
  const navigate = useNavigate()
  const { entries, text, grant, message, expiresAt, isLinkOnly, outcomes } = form
  const set = (next: Partial<InviteForm>) => change((previous) => ({ ...previous, ...next }))
  const changeGrant = (next: Partial<GrantForm>) =>
    change((previous) => ({ ...previous, grant: { ...previous.grant, ...next } }))
  const [isRunning, setRunning] = useState(false)
  const [isMissing, setMissing] = useState(false)
  const [error, setError] = useState<unknown>(null)

  const input = useMemo<InviteUsersInput>(() => ({
    workspaceId, emails: textsOf(entries), grant: grantOf(grant),
    ...(message.trim() && { message: message.trim() }), ...(expiresAt && { expiresAt }), ...(isLinkOnly && { sendEmail: false }),
  }), [workspaceId, entries, grant, message, expiresAt, isLinkOnly])
  const [planned] = useDebouncedValue(input, 500)
  const isEmpty = entries.length === 0
  const plan = useQuery({
    ...planQuery({ invite: planned }), enabled: (planned.emails ?? []).length > 0, placeholderData: keepPreviousData,
  })
  const verdicts = useMemo(
    () => verdictsByText([...outcomes, ...(plan.data?.people ?? [])]), [outcomes, plan.data])
  const fresh = input.emails?.filter((text) => kindOf(verdicts.get(text)?.status ?? 'INVITED') === 'new').length ?? 0

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (isRunning) return
    const all = addEntries(entries, text) // what is typed and not an entry yet is meant, too
    setMissing(all.length === 0)
    setError(null)
    if (all.length === 0) return document.getElementById('emails')?.focus()
    setRunning(true)
    try {
      const { inviteUsers } = await request(InviteDocument, { input: { ...input, emails: textsOf(all) } })
      const results = inviteUsers?.outcomes ?? []
      const left = withoutDone(all, results)
      set({ entries: left, text: '', outcomes: results })
      void client.resetQueries({ queryKey: ['invitations', workspaceId] })
      void client.invalidateQueries({ queryKey: ['invitation-counts', workspaceId] })
      report(inviteUsers?.invitedCount ?? 0, results)
      if (left.length > 0) return
      change(emptyInvite)
      close()
    } catch (problem) {
      setError(problem)
    } finally {
      setRunning(false)
    }
    return undefined
  }
  const report = (invited: number, results: Verdict[]) => {
    const done = results.filter(({ status }) => kindOf(status) === 'new').length
    if (done === 0) return
    notifyDone(invited === done ? t.sent(invited) : t.done(done), {
      label: t.show, run: () => void navigate({ to: '/invitations', search: { tab: 'pending' } }),
    })
  }

  return (
    <form className="add" onSubmit={(event) => void submit(event)} noValidate>
      <div className="add-form stack">
        <FaultSummary error={error} inputs={inputs} />
        {outcomes.length > 0 && entries.length > 0 && <p role="alert">{t.left(entries.length)}</p>}
        <EntriesField
          entries={entries} text={text} verdicts={verdicts} change={set}
          error={isMissing && isEmpty ? t.nobody : faultOf(error, 'emails')}
        />
        <PlaceFields form={grant} change={changeGrant} error={error} />
        <Textarea
          id="message" label={t.message} description={t.messageHint} autosize minRows={2} maxLength={2000}
          value={message} error={faultOf(error, 'message')} onChange={(event) => set({ message: event.currentTarget.value })}
        />
        <details>
          <summary>{t.more}</summary>
          <div className="stack">
            <MoreFields form={grant} change={changeGrant} error={error} />
            <TextInput
              id="expiresAt" type="date" label={t.expiresAt} description={t.expiresHint} value={expiresAt}
              error={faultOf(error, 'expiresAt')} onChange={(event) => set({ expiresAt: event.currentTarget.value })}
            />
            <Checkbox label={t.linkOnly} checked={isLinkOnly} onChange={(event) => set({ isLinkOnly: event.currentTarget.checked })} />
          </div>
        </details>
      </div>
      <PlanPanel
        query={plan} isEmpty={isEmpty}
        correct={({ input: given, email }, address) => set({ entries: withAddress(entries, given, email ?? given, address) })}
      />
      <Group className="add-foot" justify="space-between">
        <Link to="/invitations" search={{ tab: 'pending' }}>{t.pending}</Link>
        <Button variant="filled" type="submit" leftSection={<Icon name="send" />} aria-busy={isRunning}>
          {isRunning ? t.sending : isLinkOnly ? t.make(fresh) : t.send(fresh)}
        </Button>
      </Group>
    </form>
  )
}
