import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { formatMoment } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import { removeRows } from '@/lib/pages'
import { isAllowed } from '@/lib/permissions'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { Confirm } from '@/ui/confirm'
import { Icon } from '@/ui/icon'
import { notifyDone } from '@/ui/notify'
import { Page } from '@/ui/page'
import { displayName } from '@/ui/person'
import { RowMenu, type RowAction } from '@/ui/row-menu'
import { Failure, Loading } from '@/ui/states'
import { PendingPanel } from '../-places/pending-panel'
import { pendingCountQuery } from '../-places/people-queries'
import { PlaceTabs } from '../-places/place-tabs'
import { strings as places } from '../-places/strings'
import { datesOf, Phase } from './columns'
import { EnrollmentsPanel } from './enrollments-panel'
import { DeleteSessionDocument, sessionQuery, sessionsKey, type SessionDetail } from './queries'
import { RegisterDialog } from './register-dialog'
import { SessionDialog } from './session-dialog'
import { strings } from './strings'

const route = getRouteApi('/_app/sessions_/$sessionId')

/** One session: its dates and instructors, who is registered, and who is invited to it. */
export function SessionPage() {
  const t = useStrings(strings)
  const p = useStrings(places)
  const workspace = useWorkspace()
  const { sessionId } = route.useParams()
  const { tab = 'people' } = route.useSearch()
  const { data: session, error, refetch } = useQuery(sessionQuery(sessionId))
  const { data: pending } = useQuery(pendingCountQuery(workspace.id, { sessionId }))
  const [isRegistering, setRegistering] = useState(false)
  if (error && !session) return <Page title={t.title}><Failure error={error} retry={() => void refetch()} /></Page>
  if (!session) return <Page title={t.title}><Loading /></Page>

  const mayRegister = session.phase !== 'OVER' && isAllowed(session.viewerCan, ['MEMBERS_INVITE', 'ENROLLMENTS_MANAGE'])
  const register = mayRegister && (
    <Button leftSection={<Icon name="user-plus" />} onClick={() => setRegistering(true)}>{t.register}</Button>
  )
  return (
    <Page title={session.name} actions={<SessionActions session={session} />}>
      <div className="lead">
        <p><Link to="/sessions" className="meta back"><Icon name="arrow-left" />{t.back}</Link></p>
        {register}
      </div>
      <About session={session} />
      <PlaceTabs tabs={['people', 'pending']} current={tab === 'access' ? 'people' : tab} counts={{ people: session.enrollmentCount, pending }} />
      {tab === 'pending' ? (
        <PendingPanel
          filter={{ sessionId }}
          more={<Link to="/invitations" search={{ tab: 'pending', session: sessionId }}>{p.allPending}</Link>}
        />
      ) : <EnrollmentsPanel session={session} empty={register} />}
      {isRegistering && <RegisterDialog session={session} close={() => setRegistering(false)} />}
    </Page>
  )
}

function About({ session }: { session: SessionDetail }) {
  const t = useStrings(strings)
  const { timeZone } = useWorkspace()
  const { program, groups, instructors } = session
  return (
    <section className="panel about" aria-labelledby="about">
      <header><h2 id="about">{t.about}</h2><Phase phase={session.phase} t={t} /></header>
      <dl className="facts pad">
        <dt>{t.program}</dt>
        <dd><Link to="/sessions" search={{ program: program.id }}>{program.name}</Link></dd>
        <dt>{t.dates}</dt>
        <dd>
          {session.startsAt && session.endsAt
            ? t.between(formatMoment(session.startsAt, timeZone), formatMoment(session.endsAt, timeZone))
            : datesOf(session, timeZone, t)}
        </dd>
        <dt>{t.instructors}</dt>
        <dd>
          {instructors.map(({ id, user }, i) => (
            <span key={id}>{i > 0 && ', '}<Link to="/people/$memberId" params={{ memberId: id }}>{displayName(user)}</Link></span>
          ))}
          {instructors.length === 0 && t.none}
        </dd>
        <dt>{t.groups}</dt>
        <dd>
          {groups.map(({ id, name }, i) => (
            <span key={id}>{i > 0 && ', '}<Link to="/groups/$groupId" params={{ groupId: id }}>{name}</Link></span>
          ))}
          {groups.length === 0 && t.noGroups}
        </dd>
      </dl>
    </section>
  )
}

/** The menu of a session, and the dialogs that it opens. */
function SessionActions({ session }: { session: SessionDetail }) {
  const t = useStrings(strings)
  const client = useQueryClient()
  const { id: workspace } = useWorkspace()
  const navigate = route.useNavigate()
  const [asked, setAsked] = useState<'edit' | 'delete' | null>(null)
  const stop = () => setAsked(null)
  if (!session.viewerCan.includes('SESSIONS_MANAGE')) return null
  const actions: RowAction[] = [
    { key: 'edit', label: t.edit, icon: 'pencil', run: () => setAsked('edit') },
    { key: 'delete', label: t.delete, icon: 'trash', danger: true, run: () => setAsked('delete') },
  ]
  const remove = async () => {
    await request(DeleteSessionDocument, { input: { sessionId: session.id } })
    removeRows(client, sessionsKey(workspace), new Set([session.id]))
    notifyDone(t.deleted(session.name))
    await navigate({ to: '/sessions' })
  }
  return (
    <>
      <RowMenu name={session.name} actions={actions} />
      {asked === 'edit' && <SessionDialog session={session} close={stop} />}
      <Confirm opened={asked === 'delete'} danger title={t.deleteTitle(session.name)} action={t.delete} run={remove} close={stop}>
        <p>{t.deleteText(session.enrollmentCount)}</p>
      </Confirm>
    </>
  )
}
