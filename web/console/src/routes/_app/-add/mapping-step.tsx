import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { rolesQuery } from '@/grant/queries'
import { useStrings } from '@/i18n/strings'
import { useWorkspace } from '@/session/workspace'
import { columnLabels, columnNames, labelOf } from '@/ui/column-names'
import { faultOf } from '@/ui/fault-summary'
import { Icon } from '@/ui/icon'
import { Status } from '@/ui/status'
import { importStrings } from './import-strings'
import { fieldOf, heldBy, isGuess, leftOut, questionsOf, takenBy, type Choices } from './mapping'
import type { InspectedColumn, Inspection } from './queries'

type Props = {
  inspection: Inspection
  choices: Choices
  choose: (letter: string, name: string) => void
  error: unknown
}

/** Asks what the columns of a list hold. Those that are recognized stand behind a disclosure. */
export function MappingStep({ inspection: { columns, reading }, choices, choose, error }: Props) {
  const t = useStrings(importStrings)
  const title = useRef<HTMLHeadingElement>(null)
  useEffect(() => { title.current?.focus() }, [])
  const { asked, others } = questionsOf(columns)
  const used = columns.filter((column) => heldBy(column, choices) !== leftOut).length
  const hasFault = others.some(({ column: { letter } }) => faultOf(error, fieldOf(letter)))
  const table = { columns, choices, choose, error }
  return (
    <>
      <h2 ref={title} tabIndex={-1}>{t.title}</h2>
      <p className="say meta"><Icon name="info-circle" />{reading.headerRow ? t.remembered : t.noHeader}</p>
      <ColumnTable {...table} rows={asked} />
      {others.length > 0 && (
        <details open={hasFault}>
          <summary>{t.others(others.length)}</summary>
          <ColumnTable {...table} rows={others} />
        </details>
      )}
      <p className="meta" role="status">{t.used(used, columns.length)}</p>
    </>
  )
}

type TableProps = Omit<Props, 'inspection'> & { columns: InspectedColumn[]; rows: InspectedColumn[] }

function ColumnTable({ columns, rows, choices, choose, error }: TableProps) {
  const t = useStrings(importStrings)
  return (
    <table className="columns">
      <thead>
        <tr><th scope="col">{t.inList}</th><th scope="col" className="wide">{t.samples}</th><th scope="col">{t.holds}</th></tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const { column: { letter, header }, samples } = row
          const values = samples.join(', ') || t.noSamples
          return (
            <tr key={letter}>
              <th scope="row">
                {header ?? t.column(letter)}{' '}
                {header && <span className="tag">{letter}</span>}
                <span className="meta phone block">{values}</span>
              </th>
              <td className="wide meta">{values}</td>
              <td><ColumnField column={row} columns={columns} choices={choices} choose={choose} error={faultOf(error, fieldOf(letter))} /></td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

type FieldProps = Omit<Props, 'inspection' | 'error'> & { column: InspectedColumn; columns: InspectedColumn[]; error?: string }

/** What one column holds. A native select: a file may have hundreds of columns, and typing finds a name in it. */
function ColumnField({ column, columns, choices, choose, error }: FieldProps) {
  const t = useStrings(importStrings)
  const labels = useStrings(columnLabels)
  const { id } = useWorkspace()
  const { data } = useQuery(rolesQuery(id))
  const { letter, header } = column.column
  const held = heldBy(column, choices)
  const option = (value: string, name: string) => {
    const other = takenBy(value, letter, columns, choices)
    return { value, label: other ? t.taken(name, other) : name, disabled: other !== undefined && value !== held }
  }
  const questions = (data?.fields ?? []).map(({ key, name }) => option(`customFields.${key}`, name))
  // The questions of the workspace may come after the columns: the value must be among the options all the same.
  const isKnown = held === leftOut || labelOf(held, labels) !== null || questions.some(({ value }) => value === held)
  return (
    <NativeSelect
      id={fieldOf(letter)} aria-label={t.holdsOf(header ? t.named(header, letter) : t.column(letter))}
      value={held} error={error} inputWrapperOrder={['input', 'description', 'error']}
      description={isGuess(column, choices) && <Status tone="wait" icon="info-circle">{t.guess}</Status>}
      data={[
        { value: leftOut, label: t.leaveOut },
        { group: t.person, items: columnNames.map((name) => option(name, labels[name])) },
        ...(questions.length > 0 ? [{ group: t.questions, items: questions }] : []),
        ...(isKnown ? [] : [{ value: held, label: held }]),
      ]}
      onChange={(event) => choose(letter, event.currentTarget.value)}
    />
  )
}
