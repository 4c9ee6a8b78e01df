import { useStrings } from '@/i18n/strings'
import { columnLabels, labelOf } from '@/ui/column-names'
import { Icon } from '@/ui/icon'
import type { ImportDetail } from './queries'
import { strings } from './strings'

/** How the file was read, and what to check before the start. */
export function ReadAs({ reading }: { reading: NonNullable<ImportDetail['reading']> }) {
  const t = useStrings(strings)
  const labels = useStrings(columnLabels)
  const { encoding, delimiter, headerRow, sheet, sheetsLeftOut, hiddenRows, notes, columns } = reading
  const used = columns.flatMap(({ header, letter, name }) => name ? [t.column(header ?? letter, labelOf(name, labels))] : [])
  const leftOut = columns.flatMap(({ header, letter, ignored }) => ignored ? [header ?? letter] : [])
  const facts: [string, string | null | undefined][] = [
    [t.columns, used.join(', ')],
    [t.columnsLeftOut, leftOut.join(', ')],
    [t.encoding, encoding],
    [t.delimiter, delimiter === '\t' ? t.tab : delimiter],
    [t.headerRow, headerRow === null || headerRow === undefined ? t.noHeader : String(headerRow)],
    [t.sheet, sheet],
    [t.sheetsLeftOut, sheetsLeftOut.join(', ')],
    [t.hiddenRows, hiddenRows > 0 ? String(hiddenRows) : null],
  ]
  return (
    <>
      {notes.map((note) => <p key={note} className="section say wait"><Icon name="alert-triangle" />{note}</p>)}
      <details className="section">
        <summary>{t.readAs}</summary>
        <dl className="facts">
          {facts.map(([name, value]) => value ? <div key={name} className="contents"><dt>{name}</dt><dd>{value}</dd></div> : null)}
        </dl>
      </details>
    </>
  )
}
