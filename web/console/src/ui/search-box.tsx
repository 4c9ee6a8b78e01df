import { TextInput } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { Icon } from './icon'

/** How long after the last key the search starts, in milliseconds. */
const pause = 200

/** A search that reports its text shortly after the last key. value is the text in the address. */
export function SearchBox({ label, placeholder, value, change }: {
  label: string
  placeholder: string
  value: string
  change: (text: string) => void
}) {
  const [text, setText] = useState(value)
  const [known, setKnown] = useState(value)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  if (value !== known) { // the address changed by other means, such as the back button
    setKnown(value)
    setText(value)
  }
  useEffect(() => () => clearTimeout(timer.current), [])

  const type = (next: string) => {
    setText(next)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      setKnown(next)
      change(next)
    }, pause)
  }
  return (
    <TextInput
      type="search"
      className="search"
      aria-label={label}
      placeholder={placeholder}
      leftSection={<Icon name="search" />}
      value={text}
      onChange={(event) => type(event.currentTarget.value)}
    />
  )
}
