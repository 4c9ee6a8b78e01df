import { useEffect, useRef } from 'react'
import { useStrings } from '@/i18n/strings'
import { ApiError, faultsByInput, messageOf } from '@/lib/faults'
import { Icon } from './icon'
import { strings } from './strings'

/**
 * The faults of a form above it, with links to its inputs. It takes the focus when it appears. The id
 * of an input is the path of its field; inputs names those that the form shows.
 */
export function FaultSummary({ error, inputs }: { error: unknown; inputs: string[] }) {
  const t = useStrings(strings)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (error) box.current?.focus()
  }, [error])
  if (!error) return null

  const violations = error instanceof ApiError ? error.violations : []
  const groups = faultsByInput(inputs, violations)
  const lost = groups.get(null) ?? []
  const message = messageOf(error)
  return (
    <div className="summary" role="alert" tabIndex={-1} ref={box}>
      <h2><Icon name="alert-circle" />{t.faultsTitle}</h2>
      <ul>
        {violations.length === 0 && <li>{message}</li>}
        {inputs.flatMap((input) => (groups.get(input) ?? []).map((violation) => (
          <li key={violation.field + violation.message}>
            <a href={`#${input}`} onClick={(event) => focusInput(event, input)}>{violation.message}</a>
          </li>
        )))}
        {lost.map((violation) => <li key={violation.field + violation.message}>{violation.message}</li>)}
      </ul>
    </div>
  )
}

function focusInput(event: { preventDefault: () => void }, id: string): void {
  event.preventDefault()
  document.getElementById(id)?.focus()
}

/** The message for one input, for its error property; undefined without a fault. */
export function faultOf(error: unknown, input: string): string | undefined {
  if (!(error instanceof ApiError)) return undefined
  return faultsByInput([input], error.violations).get(input)?.map(({ message }) => message).join(' ')
}
