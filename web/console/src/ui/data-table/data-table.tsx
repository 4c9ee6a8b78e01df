/** A list of any length: virtual rows over cursor pages, with sorting, selection and a menu a row. */
import { useMediaQuery } from '@mantine/hooks'
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import { useTable } from '@tanstack/react-table'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import {
  useCallback, useEffect, useMemo, useRef, useState, type Dispatch, type ReactNode, type RefObject,
  type SetStateAction,
} from 'react'
import { formatNumber } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import type { Page } from '@/lib/pages'
import { Failure } from '../states'
import { strings } from '../strings'
import { features, toDefinitions, type Column, type Identified } from './columns'
import { neededPage, windowOf, type ListWindow } from './list-window'
import { HeaderRow, type Sort } from './header-row'
import { Pick } from './pick'
import { SkeletonRow, TableRow } from './table-row'

type Props<Row extends Identified> = {
  label: string
  query: UseInfiniteQueryResult<InfiniteData<Page<Row>, unknown>>
  columns: Column<Row>[]
  /** What a row is called, for the labels of its controls. */
  nameOf: (row: Row) => string
  hidden?: ReadonlySet<string>
  sort?: Sort
  changeSort?: (sort: Sort) => void
  /** The selected rows by id; without it rows cannot be selected. */
  selection?: ReadonlyMap<string, Row>
  changeSelection?: Dispatch<SetStateAction<ReadonlyMap<string, Row>>>
  /** The menu of a row; null when the caller may do nothing with it. */
  menu?: (row: Row) => ReactNode
  /** What is shown instead of a list without rows. */
  empty: ReactNode
}

const rowHeight = 41

export function DataTable<Row extends Identified>({
  label, query, columns, nameOf, hidden, sort, changeSort, selection, changeSelection, menu, empty,
}: Props<Row>) {
  const table = useRef<HTMLTableElement>(null)
  const pages = query.data?.pages
  const list = useMemo(() => windowOf(pages ?? [], query.hasNextPage), [pages, query.hasNextPage])
  const definitions = useMemo(() => toDefinitions(columns), [columns])
  const columnVisibility = useMemo(
    () => Object.fromEntries([...(hidden ?? [])].map((id) => [id, false])), [hidden])
  const model = useTable({
    features, columns: definitions, data: list.rows, getRowId: (row) => row.id, state: { columnVisibility },
  })
  const rows = model.getRowModel().rows

  const isPhone = useMediaQuery('(max-width: 47.99rem)', undefined, { getInitialValueInEffect: false })
  const scrollMargin = useTopOfRows(table, query.isPending)
  const virtualizer = useWindowVirtualizer({
    count: query.isPending ? 12 : list.count,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin,
    getItemKey: (index) => list.rows[index - list.first]?.id ?? index,
  })
  const visible = virtualizer.getVirtualItems()
  const { hasNextPage } = query
  useNeededPage(query, list, visible[0]?.index ?? 0, visible.at(-1)?.index ?? 0)

  // Stable, so that a row renders again only when its own data changes.
  const toggle = useCallback((row: Row, isOn: boolean) => changeSelection?.((previous) => {
    const next = new Map(previous)
    if (isOn) next.set(row.id, row)
    else next.delete(row.id)
    return next
  }), [changeSelection])

  if (query.isError && !pages) return <Failure error={query.error} retry={() => void query.refetch()} />
  if (pages && list.rows.length === 0 && !hasNextPage) return empty

  const shown = model.getVisibleLeafColumns()
  // A cell that spans more columns than are drawn would make new ones, and take the space of the others.
  const drawn = isPhone ? shown.filter(({ columnDef }) => !columnDef.meta?.wide) : shown
  const width = drawn.length + (selection ? 1 : 0) + (menu ? 1 : 0)
  const before = (visible[0]?.start ?? scrollMargin) - scrollMargin
  const after = virtualizer.getTotalSize() - ((visible.at(-1)?.end ?? scrollMargin) - scrollMargin)
  return (
    <>
      <table className="list" ref={table} aria-label={label} aria-busy={query.isPending}>
        <thead>
          <HeaderRow
            columns={shown} sort={sort} changeSort={changeSort} hasMenu={Boolean(menu)}
            pick={selection && <SelectAll rows={list.rows} selection={selection} change={changeSelection} />}
          />
        </thead>
        <tbody>
          <Gap width={width} height={before} />
          {visible.map((item) => {
            const row = rows[item.index - list.first]
            if (!row) return <SkeletonRow key={item.key} width={width} />
            return (
              <TableRow
                key={item.key} row={row} index={item.index} measure={virtualizer.measureElement}
                name={nameOf(row.original)} isSelected={selection?.has(row.id)} toggle={toggle}
                menu={menu} shown={shown.length}
              />
            )
          })}
          <Gap width={width} height={after} />
        </tbody>
      </table>
      <Foot first={list.first} length={list.rows.length} isMore={hasNextPage} />
    </>
  )
}

/** Fetches the page before or behind the held ones when its rows come near. */
function useNeededPage<Row extends Identified>(
  { data, isFetching, hasNextPage, fetchNextPage, fetchPreviousPage }: Props<Row>['query'],
  list: ListWindow<Row>, firstVisible: number, lastVisible: number,
): void {
  const isReady = Boolean(data) && !isFetching
  useEffect(() => {
    if (!isReady) return
    const needed = neededPage(list, hasNextPage, firstVisible, lastVisible)
    if (needed === 'next') void fetchNextPage()
    if (needed === 'previous') void fetchPreviousPage()
  }, [isReady, list, hasNextPage, firstVisible, lastVisible, fetchNextPage, fetchPreviousPage])
}

/** How far below the top of the page the rows begin, in pixels. */
function useTopOfRows(table: RefObject<HTMLTableElement | null>, isPending: boolean): number {
  const [top, setTop] = useState(0)
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      const rows = table.current?.tBodies[0]
      if (rows) setTop(rows.getBoundingClientRect().top + window.scrollY)
    })
    return () => cancelAnimationFrame(frame)
  }, [table, isPending])
  return top
}

/** Selects all held rows, or none. */
function SelectAll<Row extends Identified>({ rows, selection, change }: {
  rows: Row[]
  selection: ReadonlyMap<string, Row>
  change: Props<Row>['changeSelection']
}) {
  const t = useStrings(strings)
  const areAll = rows.length > 0 && rows.every((row) => selection.has(row.id))
  return (
    <Pick
      label={t.selectAll} isOn={areAll} isPartly={!areAll && selection.size > 0}
      change={(isOn) => change?.(new Map(isOn ? rows.map((row) => [row.id, row]) : []))}
    />
  )
}

/** Says which rows are held. */
function Foot({ first, length, isMore }: { first: number; length: number; isMore: boolean }) {
  const t = useStrings(strings)
  return (
    <p className="foot">
      <span>{isMore ? t.listMore : t.listEnd}</span>
      <span className="num">
        {length > 0 && t.range(formatNumber(first + 1), formatNumber(first + length))}
      </span>
    </p>
  )
}

/** Stands for the rows above or below those that are drawn. */
function Gap({ width, height }: { width: number; height: number }) {
  if (height <= 0) return null
  return <tr className="gap" aria-hidden="true"><td colSpan={width} style={{ height }} /></tr>
}
