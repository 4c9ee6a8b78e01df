import { Checkbox } from '@mantine/core'
import './join-switch.css'

/** A switch whose label is the sentence of what it does. */
export function JoinSwitch({ isOn, word, sentence, isDisabled, change }: {
  isOn: boolean
  /** Open or Closed. */
  word: string
  sentence: string
  isDisabled?: boolean
  change: (isOn: boolean) => void
}) {
  return (
    <Checkbox
      role="switch" aria-checked={isOn} className="join-switch" checked={isOn} readOnly={isDisabled} aria-readonly={isDisabled}
      label={<><strong>{word}</strong>{' '}{sentence}</>}
      onChange={(event) => !isDisabled && change(event.currentTarget.checked)}
    />
  )
}
