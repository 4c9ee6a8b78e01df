import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { formatDay, formatMoment } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import { useWorkspace } from '@/session/workspace'
import { Icon } from '@/ui/icon'
import { Page } from '@/ui/page'
import { Failure, Loading } from '@/ui/states'
import { MemberState, nameOf } from './columns'
import { EndOfAccess } from './end-of-access'
import { ProfileActions } from './profile-actions'
import { historyQuery, profileQuery, type Profile } from './profile-queries'
import { strings } from './profile-strings'
import { strings as listStrings } from './strings'

const route = getRouteApi('/_app/people_/$memberId')

/** One person: who they are, what they hold and why, their enrolments and their history. */
export function ProfilePage() {
  const t = useStrings(strings)
  const { memberId } = route.useParams()
  const { data: member, error, refetch } = useQuery(profileQuery(memberId))
  if (error && !member) return <Page title={t.about}><Failure error={error} retry={() => void refetch()} /></Page>
  if (!member) return <Page title={t.about}><Loading /></Page>
  return (
    <Page title={nameOf(member)} actions={<ProfileActions member={member} />}>
      <p><Link to="/people" className="meta back"><Icon name="arrow-left" />{t.back}</Link></p>
      <div className="two">
        <div className="stack"><About member={member} /><Roles member={member} /></div>
        <div className="stack"><Enrolments member={member} /><History member={member} /></div>
      </div>
    </Page>
  )
}

function About({ member }: { member: Profile }) {
  const t = useStrings(strings)
  const l = useStrings(listStrings)
  const { user } = member
  return (
    <section className="panel" aria-labelledby="about">
      <header><h2 id="about">{t.about}</h2><MemberState member={member} t={l} /></header>
      <dl className="facts pad">
        {user.email && <Fact name={t.address} value={`${user.email} (${user.emailProven ? t.verified : t.unverified})`} />}
        {user.username && <Fact name={t.username} value={user.username} />}
        {member.externalId && <Fact name={t.externalId} value={member.externalId} />}
        <Fact name={t.joined} value={`${formatDay(member.joinedAt)}, ${t.via[member.joinedVia]}`} />
        {member.deactivatedAt && <Fact name={t.deactivatedOn} value={formatDay(member.deactivatedAt)} />}
        <dt>{t.end}</dt>
        <dd><EndOfAccess member={member} /></dd>
        <Fact name={t.unit} value={member.orgUnit?.name ?? t.none} />
        <Fact name={t.labels} value={member.labels.join(', ') || t.none} />
        {member.additionalInfo && <Fact name={t.notes} value={member.additionalInfo} />}
        {Object.entries(member.customFields).map(([key, value]) => <Fact key={key} name={key} value={String(value)} />)}
        {member.consents?.map(({ version, givenAt }) => (
          <Fact key={version} name={t.consent} value={t.consented(version, formatMoment(givenAt))} />
        ))}
      </dl>
    </section>
  )
}

function Fact({ name, value }: { name: string; value: string }) {
  return <><dt>{name}</dt><dd>{value}</dd></>
}

/** The roles, each with its place and why it is held. */
function Roles({ member }: { member: Profile }) {
  const t = useStrings(strings)
  const assignments = member.roleAssignments ?? []
  return (
    <section className="panel" aria-labelledby="roles">
      <header><h2 id="roles">{t.roles}</h2></header>
      <ul className="rows">
        {assignments.map(({ id, role, group, orgUnit, session, inherited }) => (
          <li key={id}>
            <span>
              <strong>{role.name}</strong>
              <br />
              <span className="meta">{(group ?? orgUnit ?? session)?.name ?? t.everywhere}</span>
            </span>
            <span className="meta">{inherited ? t.inherited : t.given}</span>
          </li>
        ))}
        {assignments.length === 0 && <li className="meta">{t.none}</li>}
      </ul>
    </section>
  )
}

function Enrolments({ member }: { member: Profile }) {
  const t = useStrings(strings)
  const enrollments = member.enrollments ?? []
  return (
    <section className="panel" aria-labelledby="enrolments">
      <header><h2 id="enrolments">{t.enrolments}</h2></header>
      <ul className="rows">
        {enrollments.map(({ id, session, status, progress }) => (
          <li key={id}>
            <span>
              <strong>{session.name}</strong>
              <br />
              <span className="meta">{session.program.name}</span>
            </span>
            <span className="meta num">{`${t.enrolled[status]} · ${t.progress(progress)}`}</span>
          </li>
        ))}
        {enrollments.length === 0 && <li className="meta">{t.noEnrolments}</li>}
      </ul>
    </section>
  )
}

function History({ member }: { member: Profile }) {
  const t = useStrings(strings)
  const workspace = useWorkspace()
  const { data: events, error, refetch } = useQuery(historyQuery(workspace.id, member.id))
  return (
    <section className="panel" aria-labelledby="history">
      <header><h2 id="history">{t.history}</h2></header>
      {error ? <Failure error={error} retry={() => void refetch()} /> : null}
      {!events && !error && <div className="pad"><Loading /></div>}
      <ol className="rows">
        {events?.map(({ id, at, summary, actorName }) => (
          <li key={id}>
            <span>
              {summary}
              <br />
              <span className="meta">{[formatMoment(at), actorName && t.by(actorName)].filter(Boolean).join(' · ')}</span>
            </span>
          </li>
        ))}
        {events?.length === 0 && <li className="meta">{t.noHistory}</li>}
      </ol>
    </section>
  )
}
