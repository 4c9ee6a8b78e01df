/** A tree made of rows that name their parents. */

/** A row of the list that the tree is made of. */
export type TreeRow = { id: string; name: string; parent?: { id: string } | null }

/** A row where it stands in the tree. */
export type TreeNode<Row extends TreeRow> = { row: Row; level: number; children: TreeNode<Row>[] }

/**
 * Builds the tree. A row whose parent is not in the list, such as a hidden one, stands at the top. Rows keep
 * the order of the list.
 */
export function buildTree<Row extends TreeRow>(rows: readonly Row[]): TreeNode<Row>[] {
  const nodes = new Map(rows.map((row) => [row.id, { row, level: 1, children: [] as TreeNode<Row>[] }]))
  const top: TreeNode<Row>[] = []
  for (const node of nodes.values()) {
    const parent = node.row.parent && nodes.get(node.row.parent.id)
    if (parent) parent.children.push(node)
    else top.push(node)
  }
  const setLevels = (siblings: TreeNode<Row>[], level: number) => {
    for (const node of siblings) {
      node.level = level
      setLevels(node.children, level + 1)
    }
  }
  setLevels(top, 1)
  return top
}

/** The nodes that are seen while the given ones are open, from top to bottom. */
export function visibleNodes<Row extends TreeRow>(
  tree: readonly TreeNode<Row>[], open: ReadonlySet<string>,
): TreeNode<Row>[] {
  return tree.flatMap((node) => [node, ...(open.has(node.row.id) ? visibleNodes(node.children, open) : [])])
}

/** The rows above one, its parent first. */
export function ancestorsOf<Row extends TreeRow>(rows: ReadonlyMap<string, Row>, id: string): Row[] {
  const above: Row[] = []
  let row = rows.get(id)
  while (row?.parent) {
    row = rows.get(row.parent.id)
    if (!row || above.includes(row)) break
    above.push(row)
  }
  return above
}

/** Reports whether a row is another one or lies below it: nothing moves into itself. */
export function isWithin<Row extends TreeRow>(rows: ReadonlyMap<string, Row>, id: string, other: string): boolean {
  return id === other || ancestorsOf(rows, id).some((row) => row.id === other)
}

/** How a row is told from others with its name: the names above it, from the top. */
export function placeOf<Row extends TreeRow>(rows: ReadonlyMap<string, Row>, id: string): string {
  return ancestorsOf(rows, id).map(({ name }) => name).reverse().join(' › ')
}

/** What a key does in a tree: the node to go to, or the one to open or close; null for nothing. */
export function keyInTree<Row extends TreeRow>(
  key: string, visible: readonly TreeNode<Row>[], current: number, open: ReadonlySet<string>,
  isParent: (node: TreeNode<Row>) => boolean = ({ children }) => children.length > 0,
): { go: number } | { toggle: string } | null {
  const node = visible[current]
  if (!node) return null
  const isOpen = open.has(node.row.id)
  switch (key) {
    case 'ArrowDown': return { go: Math.min(current + 1, visible.length - 1) }
    case 'ArrowUp': return { go: Math.max(current - 1, 0) }
    case 'Home': return { go: 0 }
    case 'End': return { go: visible.length - 1 }
    case 'ArrowRight':
      if (!isParent(node)) return null
      return isOpen && node.children.length > 0 ? { go: current + 1 } : { toggle: node.row.id }
    case 'ArrowLeft': {
      if (isOpen && isParent(node)) return { toggle: node.row.id }
      const parent = visible.slice(0, current).findLastIndex(({ level }) => level < node.level)
      return parent < 0 ? null : { go: parent }
    }
    default: return null
  }
}
