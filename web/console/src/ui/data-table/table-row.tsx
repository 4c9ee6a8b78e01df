import type { Row as ModelRow } from '@tanstack/react-table'
import { memo, type ReactNode } from 'react'
import { useStrings } from '@/i18n/strings'
import { strings } from '../strings'
import type { Features, Identified } from './columns'
import { Pick } from './pick'

type Props<Row extends Identified> = {
  row: ModelRow<Features, Row>
  index: number
  name: string
  measure: (element: HTMLElement | null) => void
  isSelected?: boolean
  toggle: (row: Row, isOn: boolean) => void
  menu?: (row: Row) => ReactNode
  /** How many columns are shown: the row renders again when that changes. */
  shown: number
}

function Row<Row extends Identified>({ row, index, name, measure, isSelected, toggle, menu }: Props<Row>) {
  const t = useStrings(strings)
  return (
    <tr ref={measure} data-index={index} aria-selected={isSelected}>
      {isSelected !== undefined && (
        <td className="pick">
          <Pick label={t.select(name)} isOn={isSelected} change={(isOn) => toggle(row.original, isOn)} />
        </td>
      )}
      {row.getVisibleCells().map((cell) => {
        const { meta, cell: render } = cell.column.columnDef
        const classes = [meta?.wide && 'wide', meta?.muted && 'mut'].filter(Boolean).join(' ')
        return (
          <td key={cell.id} className={classes || undefined}>
            {typeof render === 'function' ? render(cell.getContext()) : null}
          </td>
        )
      })}
      {menu && <td className="act">{menu(row.original)}</td>}
    </tr>
  )
}

/** One row. It renders again only when its own data changes: a list scrolls at 60 frames a second. */
export const TableRow = memo(Row) as typeof Row

/** A row that is still to come. */
export function SkeletonRow({ width }: { width: number }) {
  return (
    <tr aria-hidden="true">
      <td colSpan={width}><span className="skeleton" /></td>
    </tr>
  )
}
