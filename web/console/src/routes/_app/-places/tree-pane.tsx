import { keepPreviousData, useQuery, type UseQueryOptions } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useStrings } from '@/i18n/strings'
import type { LevelRow, TreeList, TreeSource } from '@/lib/tree-list'
import type { IconName } from '@/ui/icon'
import { SearchBox } from '@/ui/search-box'
import { Empty, Failure, Loading } from '@/ui/states'
import { Tree } from '@/ui/tree/tree'
import { useLevels } from './use-levels'
import { strings } from './strings'

type Found = { id: string; name: string; where: string }

type Props<Row extends LevelRow> = {
  label: string
  findLabel: string
  source: TreeSource<Row>
  list?: TreeList<Row>
  error: unknown
  retry: () => void
  /** The search in the address, and what answers it. */
  find?: string
  changeFind: (text: string | undefined) => void
  foundQuery: UseQueryOptions<Found[], Error, Found[], string[]>
  selected?: string
  select: (id: string) => void
  iconOf: (row: Row, hasChildren: boolean) => IconName
  wordOf?: (row: Row) => string
  countOf?: (row: Row) => ReactNode
  empty: ReactNode
}

/** A tree with a search above it. What a search finds is a plain list that says where each thing lies. */
export function TreePane<Row extends LevelRow>(props: Props<Row>) {
  const { label, findLabel, list, error, retry, find, changeFind, selected, select, empty } = props
  const t = useStrings(strings)
  const levels = useLevels(props.source, list, selected)
  const found = useQuery({ ...props.foundQuery, placeholderData: keepPreviousData })
  if (error && !list) return <Failure error={error} retry={retry} />
  if (!list) return <Loading />
  if (list.rows.length === 0) return empty
  return (
    <>
      <SearchBox label={findLabel} placeholder={findLabel} value={find ?? ''} change={(text) => changeFind(text || undefined)} />
      {find ? (
        <ul className="found" aria-label={label} aria-busy={found.isFetching}>
          {found.data?.map(({ id, name, where }) => (
            <li key={id}>
              <button type="button" aria-current={id === selected ? 'true' : undefined} onClick={() => select(id)}>
                {name}{where && <span className="meta block">{where}</span>}
              </button>
            </li>
          ))}
          {found.data?.length === 0 && <li><Empty icon="search" title={t.noMatch(find)} /></li>}
        </ul>
      ) : (
        <>
          <Tree
            label={label} rows={list.rows} selected={selected} select={({ id }) => select(id)}
            iconOf={props.iconOf} wordOf={props.wordOf} countOf={props.countOf} {...levels}
          />
          {list.levels && <p className="meta pad">{t.byLevel}</p>}
        </>
      )}
    </>
  )
}
