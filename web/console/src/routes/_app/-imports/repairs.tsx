import { useInfiniteQuery } from '@tanstack/react-query'
import { formatNumber } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import { Icon } from '@/ui/icon'
import { groupFaults } from './figures'
import { importRowsQuery, type ImportDetail } from './queries'
import { strings } from './strings'

/** How many row numbers a group shows. */
const shownNumbers = 12

/** The rejected rows, grouped by what repairs them. It reads the first page of them only. */
export function Repairs({ data }: { data: ImportDetail }) {
  const t = useStrings(strings)
  const { data: loaded } = useInfiniteQuery(importRowsQuery(data.id, 'ERROR'))
  const lines = loaded?.pages[0]?.edges.map(({ node }) => node) ?? []
  const more = data.counts.error - lines.length
  return (
    <section className="panel section" aria-labelledby="repair">
      <header>
        <h2 id="repair">{t.repairTitle(data.counts.error)}</h2>
        {data.status === 'PREVIEWED' && <p className="meta">{t.repairText}</p>}
      </header>
      <ul className="repairs">
        {groupFaults(lines).map(({ key, message, isWarning, rows }) => (
          <li key={key}>
            <p className={isWarning ? 'say wait' : 'say bad'}>
              <Icon name={isWarning ? 'alert-triangle' : 'alert-circle'} /><span>{t.fault(rows.length, message)}</span>
            </p>
            <p className="meta num">
              {t.rowNumbers(rows.slice(0, shownNumbers).map(formatNumber).join(', '), rows.length, rows.length - shownNumbers)}
            </p>
          </li>
        ))}
        {loaded && more > 0 && <li className="meta">{t.moreFaults(more)}</li>}
      </ul>
    </section>
  )
}
