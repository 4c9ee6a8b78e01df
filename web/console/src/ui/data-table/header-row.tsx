import type { Column as ModelColumn } from '@tanstack/react-table'
import type { ReactNode } from 'react'
import { useStrings } from '@/i18n/strings'
import { Icon } from '../icon'
import { strings } from '../strings'
import type { Features, Identified } from './columns'

export type Sort = { by: string; descending: boolean }

/** The titles of the columns. A press on one that carries a word sorts by it. */
export function HeaderRow<Row extends Identified>({ columns, sort, changeSort, pick, hasMenu }: {
  columns: ModelColumn<Features, Row>[]
  sort?: Sort
  changeSort?: (sort: Sort) => void
  /** The box that selects all rows. */
  pick?: ReactNode
  hasMenu: boolean
}) {
  const t = useStrings(strings)
  return (
    <tr>
      {pick && <th className="pick">{pick}</th>}
      {columns.map(({ id, columnDef: { header, meta } }) => (
        <SortableHeader
          key={id} title={typeof header === 'string' ? header : ''} isWide={meta?.wide} width={meta?.width}
          word={meta?.sort} sort={sort} change={changeSort}
        />
      ))}
      {hasMenu && <th className="act"><span className="vh">{t.actions}</span></th>}
    </tr>
  )
}

function SortableHeader({ title, isWide, width, word, sort, change }: {
  title: string
  isWide?: boolean
  width?: string
  word?: string
  sort?: Sort
  change?: (sort: Sort) => void
}) {
  const className = isWide ? 'wide' : undefined
  if (!word || !change) return <th className={className} style={{ width }}>{title}</th>
  const isOn = sort?.by === word
  const isDescending = isOn && sort.descending
  return (
    <th
      className={className}
      style={{ width }}
      aria-sort={isOn ? (isDescending ? 'descending' : 'ascending') : 'none'}
    >
      <button className="sort" type="button" onClick={() => change({ by: word, descending: isOn && !isDescending })}>
        {title}
        {isOn && <Icon name={isDescending ? 'chevron-down' : 'chevron-up'} size={14} />}
      </button>
    </th>
  )
}
