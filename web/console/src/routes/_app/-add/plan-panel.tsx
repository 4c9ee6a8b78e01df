import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { ConsolePlanQuery } from '@/gql/graphql'
import { formatDay, formatNumber } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import { messageOf } from '@/lib/faults'
import { Icon, type IconName } from '@/ui/icon'
import { kindOf } from './entries'
import { summarize } from './plan-summary'
import { strings } from './strings'

export type Plan = ConsolePlanQuery['plan']

/** What will happen, worked out by the server; nothing does before the button is pressed. */
export function PlanPanel({ query, isEmpty }: { query: UseQueryResult<Plan>; isEmpty: boolean }) {
  const t = useStrings(strings)
  return (
    <aside className="plan" aria-label={t.whatHappens}>
      <h2>{t.whatHappens}</h2>
      <p className="meta" role="status">
        {isEmpty ? t.typeFirst : query.isFetching ? t.planning : t.nothingYet}
      </p>
      {!isEmpty && query.isError && <Line icon="alert-circle" tone="bad">{messageOf(query.error)}</Line>}
      {!isEmpty && query.data && !query.isError && <Effects plan={query.data} />}
    </aside>
  )
}

function Effects({ plan }: { plan: Plan }) {
  const t = useStrings(strings)
  const { counts, groups, sessions, elsewhere, lastEmail } = summarize(plan)
  const known = plan.people.filter(({ status }) => kindOf(status) === 'known')
  const bad = plan.people.filter(({ status }) => kindOf(status) === 'bad')
  return (
    <ul>
      {counts.invited > 0 && <Line icon="send" tone="good"><strong>{t.invitations(counts.invited)}</strong></Line>}
      {plan.mailCount > 0 && (
        <Line icon="mail">{t.emailsGo(plan.mailCount)}{' '}{lastEmail && t.firstLater(formatDay(lastEmail))}</Line>
      )}
      {counts.updated > 0 && <Line icon="clock">{t.updated(counts.updated)}</Line>}
      {counts.added > 0 && <Line icon="user">{t.added(counts.added)}</Line>}
      {known.length > 0 && (
        <Line icon="user">
          {t.known(known.length)}
          {known.slice(0, 5).map(({ input, member }) => (
            <div key={input}>
              {input}{' '}
              {member && <a href={`/console/people/${member.id}`} target="_blank" rel="noreferrer">{t.profile}</a>}
            </div>
          ))}
        </Line>
      )}
      {elsewhere > 0 && <Line icon="info-circle">{t.elsewhere(elsewhere)}</Line>}
      {bad.length > 0 && (
        <Line icon="alert-circle" tone="bad">
          <strong>{t.toCorrect(bad.length)}</strong>
          {bad.slice(0, 8).map(({ input, message }) => <div key={input}>{`${input} – ${message}`}</div>)}
        </Line>
      )}
      {groups.length > 0 && <Line icon="sitemap">{t.inGroups(groups.length, groups.join(', '))}</Line>}
      {sessions.length > 0 && <Line icon="calendar">{t.inSessions(sessions.length, sessions.join(', '))}</Line>}
      <Line icon="users">
        {t.seats(plan.seatsTaken)}
        {plan.seatsLeft !== null && <>{'. '}{t.seatsLeft(formatNumber(plan.seatsLeft))}</>}
      </Line>
    </ul>
  )
}

function Line({ icon, tone, children }: { icon: IconName; tone?: 'good' | 'bad'; children: ReactNode }) {
  return <li className="say"><span className={tone}><Icon name={icon} /></span><div>{children}</div></li>
}
