import { Checkbox } from '@mantine/core'
import { useId } from 'react'

/** A box that selects rows. The label around it is 24 px wide and high, so that it is easily pressed. */
export function Pick({ label, isOn, isPartly, change }: {
  label: string
  isOn: boolean
  isPartly?: boolean
  change: (isOn: boolean) => void
}) {
  const id = useId()
  return (
    <label className="hit" htmlFor={id}>
      <Checkbox
        id={id} aria-label={label} checked={isOn} indeterminate={isPartly}
        onChange={(event) => change(event.currentTarget.checked)}
      />
    </label>
  )
}
