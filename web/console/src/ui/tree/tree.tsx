import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { Icon, type IconName } from '../icon'
import { ancestorsOf, buildTree, keyInTree, visibleNodes, type TreeNode, type TreeRow } from './tree-model'

type Props<Row extends TreeRow> = {
  label: string
  rows: Row[]
  /** The row in view. The rows above it open when it changes. */
  selected?: string
  select: (row: Row) => void
  iconOf: (row: Row, hasChildren: boolean) => IconName
  /** What the icon says, in words for those who do not see it. */
  wordOf?: (row: Row) => string
  /** A figure at the end of the row. */
  countOf?: (row: Row) => ReactNode
  /** Reports whether rows lie below one that are still to be fetched, and fetches them. */
  hasMore?: (row: Row) => boolean
  fetchMore?: (row: Row) => void
}

/** A tree for the keyboard: one stop of Tab, arrows go through it, Enter opens a row. */
export function Tree<Row extends TreeRow>({ label, rows, selected, select, iconOf, wordOf, countOf, hasMore, fetchMore }: Props<Row>) {
  const list = useRef<HTMLUListElement>(null)
  const tree = useMemo(() => buildTree(rows), [rows])
  const byId = useMemo(() => new Map(rows.map((row) => [row.id, row])), [rows])
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(tree.length === 1 ? tree.map(({ row }) => row.id) : []))
  const [shown, setShown] = useState<string>()
  const [focused, setFocused] = useState<string>()
  if (selected !== shown && (!selected || byId.has(selected))) { // another row is in view: show where it lies
    setShown(selected)
    if (selected) setOpen(new Set([...open, ...ancestorsOf(byId, selected).map(({ id }) => id)]))
  }
  const visible = visibleNodes(tree, open)
  const stop = visible.find(({ row }) => row.id === (focused ?? selected)) ?? visible.find(({ row }) => row.id === selected) ?? visible[0]

  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  }, [shown])

  const isParent = ({ row, children }: TreeNode<Row>) => children.length > 0 || Boolean(hasMore?.(row))
  const toggle = (id: string) => {
    const next = new Set(open)
    if (!next.delete(id)) {
      next.add(id)
      const row = byId.get(id)
      if (row && hasMore?.(row)) fetchMore?.(row)
    }
    setOpen(next)
  }
  const press = (event: KeyboardEvent, index: number) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const node = visible[index]
    if (node && (event.key === 'Enter' || event.key === ' ')) {
      event.preventDefault()
      select(node.row)
      return
    }
    const effect = keyInTree(event.key, visible, index, open, isParent)
    if (!effect) return
    event.preventDefault()
    if ('toggle' in effect) toggle(effect.toggle)
    else list.current?.querySelectorAll<HTMLElement>('[role=treeitem]')[effect.go]?.focus()
  }
  return (
    <ul className="tree" role="tree" aria-label={label} ref={list}>
      {visible.map((node, index) => ({ ...node, index, isOpenable: isParent(node) })).map(({ row, level, index, isOpenable }) => (
        <li
          key={row.id} role="treeitem" aria-level={level} aria-selected={row.id === selected} className="node"
          aria-expanded={isOpenable ? open.has(row.id) : undefined}
          tabIndex={row.id === stop?.row.id ? 0 : -1} style={{ paddingLeft: `${0.5 + (level - 1) * 1.25}rem` }}
          onFocus={() => setFocused(row.id)} onKeyDown={(event) => press(event, index)} onClick={() => select(row)}
        >
          {isOpenable ? (
            // The arrow keys do the same: assistive technology is told by aria-expanded.
            <span
              className="twist" aria-hidden="true"
              onClick={(event) => {
                event.stopPropagation()
                toggle(row.id)
              }}
            >
              <Icon name={open.has(row.id) ? 'chevron-down' : 'chevron-right'} />
            </span>
          ) : <span className="twist" aria-hidden="true" />}
          <Icon name={iconOf(row, isOpenable)} />
          <span className="name">{row.name}</span>
          {wordOf && <span className="vh">{wordOf(row)}</span>}
          {countOf && <span className="num meta">{countOf(row)}</span>}
        </li>
      ))}
    </ul>
  )
}
