import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, type LinkProps } from '@tanstack/react-router'
import { formatNumber } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import { isAllowed } from '@/lib/permissions'
import { useWorkspace } from '@/session/workspace'
import { Icon, type IconName } from '@/ui/icon'
import { Page } from '@/ui/page'
import { Failure, Loading } from '@/ui/states'
import { FirstSteps } from './first-steps'
import { FunnelPanel } from './funnel-panel'
import { homeQuery, type HomeFigures } from './queries'
import { strings } from './strings'

/** What to do first, what waits, and figures that lead to the lists behind them. */
export function HomePage() {
  const t = useStrings(strings)
  const { id, viewerPermissions } = useWorkspace()
  const { data: figures, error, refetch } = useQuery(homeQuery(id, viewerPermissions))
  if (error && !figures) return <Page title={t.title}><Failure error={error} retry={() => void refetch()} /></Page>
  if (!figures) return <Page title={t.title}><Loading /></Page>
  return (
    <Page title={t.title}>
      <FirstSteps counts={figures} />
      {isAllowed(viewerPermissions, ['MEMBERS_INVITE']) && figures.invitations > 0 && <FunnelPanel />}
      <Figures figures={figures} />
      <div className="two">
        {isAllowed(viewerPermissions, ['MEMBERS_INVITE', 'JOIN_LINKS_MANAGE']) && <Waiting figures={figures} />}
        {figures.usage && <Seats usage={figures.usage} pending={figures.pending} />}
      </div>
    </Page>
  )
}

type Figure = { label: string; count: number; link: LinkProps }

/** Figures, each a link to its list. Those of lists that the person may not open are left out. */
function Figures({ figures }: { figures: HomeFigures }) {
  const t = useStrings(strings)
  const { viewerPermissions } = useWorkspace()
  const mayInvite = isAllowed(viewerPermissions, ['MEMBERS_VIEW', 'MEMBERS_INVITE'])
  const shown: Figure[] = [
    ...(viewerPermissions.includes('MEMBERS_VIEW')
      ? [{ label: t.people, count: figures.members, link: { to: '/people', search: { status: 'ACTIVE' } } as LinkProps }] : []),
    ...(mayInvite ? [
      { label: t.pending, count: figures.pending, link: { to: '/invitations', search: { tab: 'pending' } } as LinkProps },
      { label: t.groups, count: figures.groups, link: { to: '/groups' } as LinkProps },
    ] : []),
    { label: t.running, count: figures.running, link: { to: '/sessions' } },
  ]
  return (
    <section className="panel" aria-label={t.figures}>
      <ul className="figures">
        {shown.map(({ label, count, link }) => (
          <li key={label}><Link {...link}><span className="meta">{label}</span><strong className="num">{formatNumber(count)}</strong></Link></li>
        ))}
      </ul>
    </section>
  )
}

type Task = { key: string; count: number; icon: IconName; tone: string; title: string; text: string; act: string; link: LinkProps }

/** Decisions that wait, each with the list where they are made. */
function Waiting({ figures }: { figures: HomeFigures }) {
  const t = useStrings(strings)
  const { readyImports, runningImports } = figures
  const decide = (tab: 'requests' | 'asked' | 'failed'): LinkProps => ({ to: '/invitations', search: { tab } })
  const linkTo = ({ count, newest }: HomeFigures['readyImports']): LinkProps =>
    newest && count === 1 ? { to: '/imports/$importId', params: { importId: newest.id } } : { to: '/imports' }
  const tasks: Task[] = ([
    {
      key: 'requests', count: figures.requests, icon: 'user', tone: 'st info',
      title: t.requests(figures.requests), text: t.requestsText, act: t.review, link: decide('requests'),
    },
    {
      key: 'asked', count: figures.asked, icon: 'clock', tone: 'st wait',
      title: t.asked(figures.asked), text: t.askedText, act: t.renew, link: decide('asked'),
    },
    {
      key: 'failed', count: figures.failed, icon: 'alert-triangle', tone: 'st bad',
      title: t.failed(figures.failed), text: t.failedText, act: t.correct, link: decide('failed'),
    },
    {
      key: 'ready', count: readyImports.count, icon: 'file-import', tone: 'st info',
      title: t.readyImports(readyImports.count), text: t.readyText, act: t.look, link: linkTo(readyImports),
    },
    {
      key: 'running', count: runningImports.count, icon: 'refresh', tone: 'st good', title: t.runningImports(runningImports.count),
      text: t.runningText(runningImports.newest?.counts.done ?? 0, runningImports.newest?.totalRows ?? 0), act: t.follow, link: linkTo(runningImports),
    },
  ] satisfies Task[]).filter(({ count }) => count > 0)
  return (
    <section className="panel" aria-labelledby="waiting">
      <header><h2 id="waiting">{t.waits}</h2></header>
      <ul className="rows">
        {tasks.map(({ key, icon, tone, title, text, act, link }) => (
          <li key={key}>
            <div className="say">
              <span className={tone}><Icon name={icon} /></span>
              <div><strong>{title}</strong><p className="meta">{text}</p></div>
            </div>
            <Button renderRoot={(props) => <Link {...props} {...link} />}>{act}</Button>
          </li>
        ))}
        {tasks.length === 0 && <li><p className="say"><span className="st good"><Icon name="circle-check" /></span>{t.nothing}</p></li>}
      </ul>
    </section>
  )
}

function Seats({ usage: { seats, seatsTaken }, pending }: { usage: NonNullable<HomeFigures['usage']>; pending: number }) {
  const t = useStrings(strings)
  const used = formatNumber(seatsTaken)
  return (
    <section className="panel" aria-labelledby="seats">
      <header><h2 id="seats">{t.seats}</h2></header>
      <div className="pad">
        <p>{seats == null ? t.seatsOpen(used) : t.seatsUsed(used, formatNumber(seats))}</p>
        {seats != null && (
          <span className="meter" aria-hidden="true"><i style={{ width: `${Math.min(100, (100 * seatsTaken) / Math.max(1, seats))}%` }} /></span>
        )}
        {pending > 0 && <p className="meta">{t.seatsPending(pending)}</p>}
      </div>
    </section>
  )
}
