import { Link } from '@tanstack/react-router'
import { formatNumber, formatShortDay } from '@/i18n/format'
import type { Like } from '@/i18n/strings'
import type { SessionPhase } from '@/gql/graphql'
import type { Column } from '@/ui/data-table/columns'
import type { IconName } from '@/ui/icon'
import { displayName } from '@/ui/person'
import { Status, type Tone } from '@/ui/status'
import type { SessionRow } from './queries'
import type { strings } from './strings'

export type Texts = Like<(typeof strings)['en']>

const looks: Record<SessionPhase, { tone: Tone; icon: IconName }> = {
  COMING: { tone: 'info', icon: 'clock' },
  ONGOING: { tone: 'good', icon: 'player-play' },
  OVER: { tone: 'off', icon: 'circle-check' },
}

/** The days of a session, in the time zone of the workspace. */
export function datesOf({ startsAt, endsAt }: Pick<SessionRow, 'startsAt' | 'endsAt'>, timeZone: string, t: Texts): string {
  const from = startsAt && formatShortDay(startsAt, timeZone)
  const to = endsAt && formatShortDay(endsAt, timeZone)
  if (from && to) return from === to ? from : t.between(from, to)
  if (from) return t.from(from)
  return to ? t.until(to) : t.open
}

/** Whether a session is coming, running or over, as a word. */
export function Phase({ phase, t }: { phase: SessionPhase; t: Texts }) {
  return <Status {...looks[phase]}>{t.phases[phase]}</Status>
}

export const instructorsOf = ({ instructors }: SessionRow): string =>
  instructors.map(({ user }) => displayName(user)).join(', ')

/** The columns of the list; the first one holds what a phone shows. */
export function sessionColumns(t: Texts, timeZone: string): Column<SessionRow>[] {
  return [
    {
      id: 'name', header: t.name, sort: 'NAME', required: true,
      cell: (session) => (
        <span className="pers"><span>
          <Link to="/sessions/$sessionId" params={{ sessionId: session.id }}>{session.name}</Link>
          <span className="meta phone">{`${session.program.name} · ${datesOf(session, timeZone, t)}`}</span>
        </span></span>
      ),
    },
    { id: 'program', header: t.program, wide: true, muted: true, width: '19%', cell: ({ program }) => program.name },
    { id: 'dates', header: t.dates, sort: 'STARTS_AT', wide: true, width: '14rem', cell: (session) => datesOf(session, timeZone, t) },
    { id: 'phase', header: t.phase, wide: true, width: '7.5rem', cell: ({ phase }) => <Phase phase={phase} t={t} /> },
    {
      id: 'instructors', header: t.instructors, wide: true, muted: true, width: '16%',
      cell: (session) => <span title={instructorsOf(session)}>{instructorsOf(session) || t.none}</span>,
    },
    {
      id: 'people', header: t.people, wide: true, width: '5rem',
      cell: ({ enrollmentCount }) => <span className="num">{formatNumber(enrollmentCount)}</span>,
    },
  ]
}
