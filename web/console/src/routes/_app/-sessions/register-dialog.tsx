import { Button, Group, Textarea } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo, useState, type FormEvent } from 'react'
import type { RegisterForSessionInput } from '@/gql/graphql'
import { useStrings } from '@/i18n/strings'
import { patchRows } from '@/lib/pages'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { FaultSummary, faultOf } from '@/ui/fault-summary'
import { Modal } from '@/ui/modal'
import { notifyDone } from '@/ui/notify'
import { strings as common } from '@/ui/strings'
import { PlacePicker } from '@/grant/place-picker'
import { MemberPicker, type MemberChoice } from '../-places/member-picker'
import { enrollmentsKey, RegisterDocument, registerPlanQuery, sessionQuery, sessionsKey, type SessionRow } from './queries'
import { sortOutcomes } from './registration'
import { strings } from './strings'

type Place = Parameters<Parameters<typeof PlacePicker>[0]['change']>[0][number]
type Outcome = { input: string; status: string; message: string }

const inputs = ['groupIds', 'memberIds', 'text', 'groupId', 'message']

/** Registers members, the people of groups, and addresses. It says what will happen before it does. */
export function RegisterDialog({ session, close }: { session: SessionRow; close: () => void }) {
  const t = useStrings(strings)
  const c = useStrings(common)
  const client = useQueryClient()
  const workspace = useWorkspace()
  const [groups, setGroups] = useState<Place[]>([])
  const [members, setMembers] = useState<MemberChoice[]>([])
  const [text, setText] = useState('')
  const [learnersIn, setLearnersIn] = useState<Place[]>([])
  const [message, setMessage] = useState('')
  const [isRunning, setRunning] = useState(false)
  const [isMissing, setMissing] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const [left, setLeft] = useState<Outcome[]>([])

  const input = useMemo<RegisterForSessionInput>(() => ({
    sessionId: session.id,
    ...(groups.length > 0 && { groupIds: groups.map(({ id }) => id) }),
    ...(members.length > 0 && { memberIds: members.map(({ id }) => id) }),
    ...(text.trim() && { text }),
    ...(learnersIn[0] && { groupId: learnersIn[0].id }),
    ...(message.trim() && { message: message.trim() }),
  }), [session.id, groups, members, text, learnersIn, message])
  const [planned] = useDebouncedValue(input, 500)
  const isEmpty = groups.length === 0 && members.length === 0 && !text.trim()
  const hasPlan = Boolean(planned.groupIds ?? planned.memberIds ?? planned.text)
  const plan = useQuery({
    ...registerPlanQuery({ registerForSession: planned }), enabled: hasPlan, placeholderData: keepPreviousData,
  })
  const sorted = sortOutcomes(hasPlan ? plan.data?.people ?? [] : [])

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (isRunning) return
    setMissing(isEmpty)
    setError(null)
    if (isEmpty) return
    setRunning(true)
    try {
      const { registerForSession } = await request(RegisterDocument, { input })
      const outcomes = sortOutcomes(registerForSession?.outcomes ?? [])
      if (registerForSession) {
        patchRows(client, sessionsKey(workspace.id), new Map([[session.id, registerForSession.session]]))
      }
      void client.invalidateQueries({ queryKey: sessionQuery(session.id).queryKey })
      void client.resetQueries({ queryKey: enrollmentsKey(session.id) })
      void client.resetQueries({ queryKey: ['place-pending', workspace.id] })
      void client.invalidateQueries({ queryKey: ['place-pending-count', workspace.id] })
      const done = outcomes.now.length + outcomes.invited.length
      if (done > 0) notifyDone(t.registered(done))
      if (outcomes.left.length === 0) close()
      // What is done leaves the form; what is left stays in it with its reasons.
      setLeft(outcomes.left)
      setGroups([])
      setMembers([])
      setText(outcomes.left.map((outcome) => outcome.input).join('\n'))
    } catch (problem) {
      setError(problem)
    } finally {
      setRunning(false)
    }
  }
  return (
    <Modal opened onClose={close} size={560} title={t.registerTitle(session.name)} closeButtonProps={{ 'aria-label': c.close }} closeOnClickOutside={false}>
      <form className="stack" noValidate onSubmit={(event) => void submit(event)}>
        <FaultSummary error={error} inputs={inputs} />
        <MemberPicker
          id="memberIds" label={t.members} description={t.membersHint} value={members} change={setMembers}
          error={isMissing && isEmpty ? t.nobodyChosen : faultOf(error, 'memberIds')}
        />
        <Textarea
          id="text" label={t.addresses} description={t.addressesHint} autosize minRows={2} maxRows={8} value={text}
          error={faultOf(error, 'text')} onChange={(event) => setText(event.currentTarget.value)}
        />
        <PlacePicker kind="groups" id="groupIds" label={t.fromGroups} value={groups} change={setGroups} error={faultOf(error, 'groupIds')} />
        <PlacePicker
          kind="groups" id="groupId" label={t.learnersIn} description={t.learnersInHint} limit={1}
          value={learnersIn} change={setLearnersIn} error={faultOf(error, 'groupId')}
        />
        <Textarea
          id="message" label={t.message} autosize minRows={2} maxLength={2000} value={message}
          error={faultOf(error, 'message')} onChange={(event) => setMessage(event.currentTarget.value)}
        />
        <div className="effects" role="status">
          {hasPlan && plan.data && !isEmpty ? <p>{t.plan(sorted.now.length, sorted.invited.length)}</p> : <p>{t.nobodyChosen}</p>}
          {plan.error && hasPlan ? <p className="bad">{plan.error.message}</p> : null}
          <LeftOut outcomes={left.length > 0 ? left : sorted.left} />
        </div>
        <Group justify="flex-end">
          <Button onClick={close}>{c.cancel}</Button>
          <Button type="submit" variant="filled" aria-busy={isRunning}>
            {isRunning ? t.registering : t.submit(isEmpty ? 0 : sorted.now.length + sorted.invited.length)}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}

/** Entries for which nothing is done, with the reasons. */
function LeftOut({ outcomes }: { outcomes: Outcome[] }) {
  const t = useStrings(strings)
  if (outcomes.length === 0) return null
  return (
    <>
      <p>{t.planLeft(outcomes.length)}</p>
      <ul className="outcomes">
        {outcomes.slice(0, 20).map(({ input, message }) => <li key={input}><strong>{input}</strong>{` – ${message}`}</li>)}
      </ul>
    </>
  )
}
