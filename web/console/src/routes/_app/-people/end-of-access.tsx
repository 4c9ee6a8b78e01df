import { Button, Checkbox, Group, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { dayIn, formatDay } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import { patchRows } from '@/lib/pages'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { FaultSummary, faultOf } from '@/ui/fault-summary'
import { Modal } from '@/ui/modal'
import { notifyDone } from '@/ui/notify'
import { strings as common } from '@/ui/strings'
import { strings } from './profile-strings'
import { profileQuery, UpdateMemberDocument, type Profile } from './profile-queries'
import { membersKey } from './queries'

/** When access ends and what happens then, with a dialog to change it. */
export function EndOfAccess({ member }: { member: Profile }) {
  const t = useStrings(strings)
  const { timeZone } = useWorkspace()
  const [isOpen, setOpen] = useState(false)
  const text = member.accessExpiresAt
    ? `${formatDay(member.accessExpiresAt, timeZone)}, ${member.deleteOnExpiry ? t.thenRemoved : t.thenDeactivated}`
    : t.never
  if (!member.viewerCan.includes('MEMBERS_DEACTIVATE')) return text
  return (
    <>
      {`${text} `}
      <Button variant="subtle" size="compact-sm" aria-label={t.changeEnd} onClick={() => setOpen(true)}>{t.change}</Button>
      {isOpen && <EndDialog member={member} close={() => setOpen(false)} />}
    </>
  )
}

function EndDialog({ member, close }: { member: Profile; close: () => void }) {
  const t = useStrings(strings)
  const c = useStrings(common)
  const client = useQueryClient()
  const workspace = useWorkspace()
  const [day, setDay] = useState(dayIn(member.accessExpiresAt, workspace.timeZone))
  const [isRemoving, setRemoving] = useState(member.deleteOnExpiry)
  const save = useMutation({
    meta: { silent: true },
    mutationFn: () => request(UpdateMemberDocument, {
      input: { memberId: member.id, accessExpiresAt: day || null, deleteOnExpiry: isRemoving },
    }),
    onSuccess: ({ updateMember }) => {
      if (updateMember?.member) {
        client.setQueryData(profileQuery(member.id).queryKey, updateMember.member)
        patchRows(client, membersKey(workspace.id), new Map([[member.id, updateMember.member]]))
      }
      notifyDone(t.endSaved)
      close()
    },
  })
  return (
    <Modal opened onClose={close} title={t.changeEnd} closeButtonProps={{ 'aria-label': c.close }}>
      <form
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <FaultSummary error={save.error} inputs={['accessExpiresAt']} />
        <TextInput
          type="date" id="accessExpiresAt" label={t.endDay} description={t.endHint} data-autofocus
          value={day} error={faultOf(save.error, 'accessExpiresAt')}
          onChange={(event) => setDay(event.currentTarget.value)}
        />
        <Checkbox
          label={t.removeThen} checked={isRemoving}
          onChange={(event) => setRemoving(event.currentTarget.checked)}
        />
        <Group justify="flex-end">
          <Button onClick={close}>{c.cancel}</Button>
          <Button type="submit" variant="filled" aria-busy={save.isPending}>{save.isPending ? c.working : t.save}</Button>
        </Group>
      </form>
    </Modal>
  )
}
