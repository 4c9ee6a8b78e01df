import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { formatNumber, formatPercent } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import { useWorkspace } from '@/session/workspace'
import { Segments } from '@/ui/segments'
import { stagesOf, type Stage, type StageKey } from './funnel'
import { funnelQuery } from './queries'
import { strings } from './strings'

const route = getRouteApi('/_app/')

/** The periods that can be chosen, in days. */
const periods = [7, 30, 90] as const
const usual = 30

const tabs: Record<StageKey, 'active' | 'pending' | undefined> = {
  invited: undefined, delivered: undefined, accepted: 'active', open: 'pending',
}

/** What became of the invitations of a period. Each step leads to the list behind it. */
export function FunnelPanel() {
  const t = useStrings(strings)
  const { id: workspace } = useWorkspace()
  const { days = usual } = route.useSearch()
  const navigate = route.useNavigate()
  const { data: counts } = useQuery({ ...funnelQuery(workspace, days), placeholderData: keepPreviousData })
  const stages = counts && stagesOf(counts)
  const change = (chosen: number) => void navigate({
    search: (previous) => ({ ...previous, days: chosen === usual ? undefined : chosen }), replace: true,
  })
  return (
    <section className="panel about" aria-labelledby="funnel">
      <header>
        <h2 id="funnel">{t.invitations}</h2>
        <Segments
          label={t.period} value={days} change={change}
          options={periods.map((value) => ({ value, label: t.days(value) }))}
        />
      </header>
      {stages && (
        <ol className="funnel">
          {stages.map((stage) => (
            <li key={stage.key}><Step stage={stage} days={days} /></li>
          ))}
        </ol>
      )}
      {stages === null && <p className="pad meta">{t.noInvitations(days)}</p>}
    </section>
  )
}

function Step({ stage: { key, count, share, details }, days }: { stage: Stage; days: number }) {
  const t = useStrings(strings)
  const known = Object.entries(details).filter(([, n]) => n > 0)
    .map(([name, n]) => t.stageDetails[name as keyof typeof t.stageDetails](n))
  return (
    <Link to="/invitations" search={{ days, tab: tabs[key] }}>
      <span className="meta">{t.stages[key]}</span>
      <span className="big num">{formatNumber(count)}{key !== 'invited' && <small>{formatPercent(share)}</small>}</span>
      <span className="meter" aria-hidden="true"><i style={{ width: `${share}%` }} /></span>
      <span className="meta">{known.join(', ') || t.stageTexts[key]}</span>
    </Link>
  )
}
