import { Button } from '@mantine/core'
import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { formatMoment } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import { openDownload } from '@/lib/download'
import { isAllowed } from '@/lib/permissions'
import { useWorkspace } from '@/session/workspace'
import { Icon } from '@/ui/icon'
import { notifyFailure } from '@/ui/notify'
import { Page } from '@/ui/page'
import { displayName } from '@/ui/person'
import { Empty, Loading } from '@/ui/states'
import { CardsDialog } from '../-places/cards-dialog'
import { strings as places } from '../-places/strings'
import { countOf, isMoving, isOfSync, outcomes } from './figures'
import { ImportRows } from './import-rows'
import { ImportState, useImportName } from './import-status'
import { useLiveImport, type Pace } from './live'
import { Progress } from './progress'
import { importLinks, importQuery, type ImportDetail } from './queries'
import { ReadAs } from './read-as'
import { Repairs } from './repairs'
import { Start } from './start'
import { strings } from './strings'
import { Undo } from './undo'
import './imports.css'

const route = getRouteApi('/_app/imports_/$importId')

/** One import from its preview to its report. Its address works for as long as the import is kept. */
export function ImportPage() {
  const t = useStrings(strings)
  const { timeZone } = useWorkspace()
  const { importId } = route.useParams()
  const { data } = useSuspenseQuery(importQuery(importId))
  // Progress comes by itself; a question now and then makes up for a stream that broke off.
  useQuery({ ...importQuery(importId), enabled: isMoving(data.status), refetchInterval: 10_000 })
  const pace = useLiveImport(data)
  const nameOf = useImportName()
  const isRead = data.status !== 'PREVIEWING' && data.status !== 'FAILED'

  return (
    <Page title={nameOf(data)}>
      <p className="back"><Icon name="chevron-left" /><Link to="/imports">{t.all}</Link></p>
      <div className="import-head">
        <div className="stack-small">
          <ImportState status={data.status} />
          <p className="meta">
            {data.startedBy && `${displayName(data.startedBy.user)}, `}
            {formatMoment(data.createdAt, timeZone)}
            {data.finishedAt && `. ${t.ended(formatMoment(data.finishedAt, timeZone))}`}
          </p>
        </div>
        {isRead && <Files data={data} />}
      </div>
      {isRead && <Figures data={data} />}
      <Step data={data} pace={pace} />
      {isRead && data.counts.error > 0 && <Repairs data={data} />}
      {data.reading && <ReadAs reading={data.reading} />}
      {isRead && <ImportRows data={data} />}
    </Page>
  )
}

/** What comes next for an import in its state. */
function Step({ data, pace }: { data: ImportDetail; pace: Pace }) {
  const t = useStrings(strings)
  switch (data.status) {
    case 'PREVIEWING':
      return <><p role="status">{t.reading}</p><Loading /></>
    case 'FAILED':
      return (
        <Empty icon="alert-circle" title={t.failedTitle} text={data.failure ?? undefined}>
          <Button renderRoot={(props) => <Link {...props} to="." search={(previous) => ({ ...previous, dialog: 'import' })} />}>{t.again}</Button>
        </Empty>
      )
    case 'PREVIEWED':
      return <Start data={data} />
    case 'SCHEDULED':
    case 'RUNNING':
    case 'PAUSED':
      return <Progress data={data} pace={pace} />
    case 'COMPLETED':
    case 'CANCELLED':
      return <Undo data={data} />
    case 'UNDONE':
      return <LeftAlone data={data} />
  }
}

/** The files of an import: their addresses work for minutes, so each is asked for when it is wanted. */
function Files({ data }: { data: ImportDetail }) {
  const t = useStrings(strings)
  const p = useStrings(places)
  const { viewerPermissions } = useWorkspace()
  const [isPrinting, setPrinting] = useState(false)
  const hasCreated = data.action === 'CREATE' && data.counts.create > 0 && data.startedAt !== null && data.status !== 'UNDONE'
  const download = async (file: 'reportUrl' | 'rejectedUrl') => {
    const url = (await importLinks(data.id))[file]
    if (url) openDownload(url)
  }
  return (
    <div className="acts">
      {hasCreated && isAllowed(viewerPermissions, ['MEMBERS_CREATE']) && (
        <Button leftSection={<Icon name="id" />} onClick={() => setPrinting(true)}>{p.printCards}</Button>
      )}
      {isPrinting && (
        <CardsDialog select={(afterId) => ({ imported: { importId: data.id, afterId } })} close={() => setPrinting(false)} />
      )}
      {data.counts.error > 0 && (
        <Button leftSection={<Icon name="download" />} onClick={() => void download('rejectedUrl').catch(notifyFailure)}>{t.repairFile}</Button>
      )}
      <Button leftSection={<Icon name="download" />} onClick={() => void download('reportUrl').catch(notifyFailure)}>{t.report}</Button>
    </div>
  )
}

function Figures({ data }: { data: ImportDetail }) {
  const t = useStrings(strings)
  const shown = outcomes.filter((outcome) => {
    if (isOfSync(outcome)) return countOf(outcome, data.counts) > 0
    if (outcome === 'INVITE' || outcome === 'CREATE') return outcome === data.action || countOf(outcome, data.counts) > 0
    return true
  })
  return (
    <dl className="figures panel">
      {shown.map((outcome) => (
        <div key={outcome}>
          <dt>{t.figures[outcome]}</dt>
          <dd><strong className="num">{countOf(outcome, data.counts)}</strong>{' '}<span className="meta">{t.figureTexts[outcome]}</span></dd>
        </div>
      ))}
    </dl>
  )
}

function LeftAlone({ data: { leftAlone } }: { data: ImportDetail }) {
  const t = useStrings(strings)
  if (leftAlone.length === 0) return <p className="section say"><Icon name="circle-check" />{t.leftNothing}</p>
  return (
    <section className="panel section" aria-labelledby="left">
      <header><h2 id="left">{t.leftTitle(leftAlone.length)}</h2></header>
      <ul className="rows">
        {leftAlone.map(({ number, reason }) => (
          <li key={`${number} ${reason}`}><span>{reason}</span><span className="meta num">{t.row(number)}</span></li>
        ))}
      </ul>
      {leftAlone.length === 100 && <p className="meta pad">{t.leftMore}</p>}
    </section>
  )
}
