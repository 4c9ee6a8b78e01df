import { Select } from '@mantine/core'
import { placeOf, type TreeRow } from '@/ui/tree/tree-model'

/** What stands for no parent: a select has no null. */
const top = ''

/** Chooses where a thing lies in its tree. Each choice says where it lies itself. */
export function ParentSelect<Row extends TreeRow>({ label, topLabel, rows, parents, mayTop, value, change, error }: {
  label: string
  /** What the top of the tree is called. */
  topLabel: string
  rows: ReadonlyMap<string, Row>
  /** Those that may be chosen. */
  parents: Row[]
  mayTop: boolean
  value: string | null
  change: (id: string | null) => void
  error?: string
}) {
  return (
    <Select
      id="parentId" label={label} searchable allowDeselect={false} error={error}
      data={[...(mayTop ? [{ value: top, label: topLabel }] : []), ...parents.map(({ id, name }) => ({ value: id, label: name }))]}
      value={value ?? (mayTop ? top : null)} onChange={(id) => change(id || null)}
      renderOption={({ option }) => (
        <span>{option.label}{option.value && <span className="meta block">{placeOf(rows, option.value)}</span>}</span>
      )}
    />
  )
}
