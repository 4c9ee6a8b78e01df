import { Button } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { ConsolePlanQuery } from '@/gql/graphql'
import { formatDay, formatNumber } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import { messageOf } from '@/lib/faults'
import { Icon, type IconName } from '@/ui/icon'
import { kindOf } from './entries'
import { summarize, warningsOf } from './plan-summary'
import { strings } from './strings'

export type Plan = ConsolePlanQuery['plan']
type Person = Plan['people'][number]

/** Puts the address that is probably meant in the place of the one of an entry. */
export type Correct = (person: Pick<Person, 'input' | 'email'>, address: string) => void

/** What will happen, worked out by the server; nothing does before the button is pressed. */
export function PlanPanel({ query, isEmpty, correct }: {
  query: UseQueryResult<Plan>
  isEmpty: boolean
  correct: Correct
}) {
  const t = useStrings(strings)
  return (
    <aside className="plan" aria-label={t.whatHappens}>
      <h2>{t.whatHappens}</h2>
      <p className="meta" role="status">
        {isEmpty ? t.typeFirst : query.isFetching ? t.planning : t.nothingYet}
      </p>
      {!isEmpty && query.isError && <Line icon="alert-circle" tone="bad">{messageOf(query.error)}</Line>}
      {!isEmpty && query.data && !query.isError && <Effects plan={query.data} correct={correct} />}
    </aside>
  )
}

function Effects({ plan, correct }: { plan: Plan; correct: Correct }) {
  const t = useStrings(strings)
  const { counts, groups, sessions, lastEmail } = summarize(plan)
  const known = plan.people.filter(({ status }) => kindOf(status) === 'known')
  const bad = plan.people.filter(({ status }) => kindOf(status) === 'bad')
  return (
    <ul>
      {counts.invited > 0 && <Line icon="send" tone="good"><strong>{t.invitations(counts.invited)}</strong></Line>}
      {plan.emailCount > 0 && (
        <Line icon="mail">{t.emailsGo(plan.emailCount)}{' '}{lastEmail && t.firstLater(formatDay(lastEmail))}</Line>
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
      <Warnings people={plan.people} correct={correct} />
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

/** How many addresses are named for one warning. */
const named = 8

/** What to look at again before anything is sent, each with its addresses. A misspelt one is corrected by one press. */
export function Warnings({ people, correct }: { people: Person[]; correct: Correct }) {
  const t = useStrings(strings)
  return warningsOf(people).map(({ warning, people: warned }) => (
    <Line key={warning} icon={warning === 'ACCOUNT_EXISTS_ELSEWHERE' ? 'info-circle' : 'alert-triangle'} tone="wait">
      {t.warnings[warning](warned.length)}
      {warned.slice(0, named).map((person) => (
        <div key={person.input}>
          {person.input}
          {warning === 'DOMAIN_TYPO' && person.suggestedEmail && (
            <> <Suggestion address={person.suggestedEmail} use={(address) => correct(person, address)} /></>
          )}
        </div>
      ))}
      {warned.length > named && <div>{t.andMore(warned.length - named)}</div>}
    </Line>
  ))
}

function Suggestion({ address, use }: { address: string; use: (address: string) => void }) {
  const t = useStrings(strings)
  return <Button size="compact-sm" variant="subtle" onClick={() => use(address)}>{t.useAddress(address)}</Button>
}

function Line({ icon, tone, children }: { icon: IconName; tone?: 'good' | 'bad' | 'wait'; children: ReactNode }) {
  return <li className="say"><span className={tone}><Icon name={icon} /></span><div>{children}</div></li>
}
