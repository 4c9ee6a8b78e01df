import { ActionIcon, Menu } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { ConsoleIssueCardMutation } from '@/gql/graphql'
import { useStrings } from '@/i18n/strings'
import { saveText } from '@/lib/download'
import { removeRows } from '@/lib/pages'
import { isAllowed } from '@/lib/permissions'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { Confirm } from '@/ui/confirm'
import { Icon } from '@/ui/icon'
import { notifyDone, notifyFailure } from '@/ui/notify'
import { strings as common } from '@/ui/strings'
import { CardDialog } from './card-dialog'
import { nameOf } from './columns'
import { EraseDocument, IssueCardDocument, PersonalDataDocument, type Profile } from './profile-queries'
import { strings } from './profile-strings'
import { DeactivateDocument, membersKey, ReactivateDocument } from './queries'
import { strings as listStrings } from './strings'

type Card = NonNullable<ConsoleIssueCardMutation['issueCard']>['card']

/** What may be done with the person in view. */
export function ProfileActions({ member }: { member: Profile }) {
  const t = useStrings(strings)
  const l = useStrings(listStrings)
  const c = useStrings(common)
  const client = useQueryClient()
  const navigate = useNavigate()
  const workspace = useWorkspace()
  const [asked, setAsked] = useState<'deactivate' | 'erase' | 'card' | null>(null)
  const [card, setCard] = useState<Card | null>(null)
  const name = nameOf(member)
  const stop = () => setAsked(null)
  const refresh = () => Promise.all([
    client.invalidateQueries({ queryKey: ['member', member.id] }),
    client.invalidateQueries({ queryKey: ['member-history', member.id] }),
  ])

  const deactivate = async () => {
    await request(DeactivateDocument, { input: { memberId: member.id } })
    await refresh()
    notifyDone(l.deactivated(name))
  }
  const reactivate = async () => {
    await request(ReactivateDocument, { input: { memberId: member.id } })
    await refresh()
    notifyDone(l.reactivated(name))
  }
  const issue = async () => {
    const { issueCard } = await request(IssueCardDocument, { input: { memberId: member.id } })
    setCard(issueCard?.card ?? null)
  }
  const exportData = async () => {
    const { personalData } = await request(PersonalDataDocument, { member: member.id })
    saveText(`${member.id}.json`, 'application/json', JSON.stringify(personalData, null, 2))
  }
  const erase = async () => {
    await request(EraseDocument, { input: { memberId: member.id } })
    removeRows(client, membersKey(workspace.id), new Set([member.id]))
    notifyDone(t.erased(name))
    await navigate({ to: '/people' })
  }

  const mayDeactivate = member.viewerCan.includes('MEMBERS_DEACTIVATE')
  const mayCard = isAllowed(workspace.viewerPermissions, ['MEMBERS_CREATE']) && !member.user.emailProven
  const mayExport = isAllowed(workspace.viewerPermissions, ['AUDIT_VIEW'])
  if (!mayDeactivate && !mayCard && !mayExport) return null
  return (
    <>
      <Menu width={240}>
        <Menu.Target><ActionIcon aria-label={c.actionsFor(name)}><Icon name="dots" /></ActionIcon></Menu.Target>
        <Menu.Dropdown>
          {mayCard && member.status === 'ACTIVE' && (
            <Menu.Item leftSection={<Icon name="id" />} onClick={() => setAsked('card')}>{t.card}</Menu.Item>
          )}
          {mayExport && (
            <Menu.Item leftSection={<Icon name="download" />} onClick={() => void exportData().catch(notifyFailure)}>
              {t.exportData}
            </Menu.Item>
          )}
          {mayDeactivate && (member.status === 'ACTIVE' ? (
            <Menu.Item leftSection={<Icon name="player-pause" />} onClick={() => setAsked('deactivate')}>{l.deactivate}</Menu.Item>
          ) : (
            <Menu.Item leftSection={<Icon name="player-play" />} onClick={() => void reactivate().catch(notifyFailure)}>
              {l.reactivate}
            </Menu.Item>
          ))}
          {mayDeactivate && (
            <Menu.Item className="danger" leftSection={<Icon name="trash" />} onClick={() => setAsked('erase')}>{t.erase}</Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <Confirm opened={asked === 'deactivate'} title={l.deactivateTitle(name)} action={l.deactivate} danger run={deactivate} close={stop}>
        <p>{l.deactivateText}</p>
      </Confirm>
      <Confirm opened={asked === 'erase'} title={t.eraseTitle(name)} action={t.erase} danger run={erase} close={stop}>
        <p>{t.eraseText}</p>
      </Confirm>
      <Confirm opened={asked === 'card'} title={t.cardTitle(name)} action={t.card} run={issue} close={stop}>
        <p>{t.cardText}</p>
      </Confirm>
      {card && <CardDialog card={card} name={name} close={() => setCard(null)} />}
    </>
  )
}
