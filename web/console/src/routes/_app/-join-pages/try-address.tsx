import { TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useStrings } from '@/i18n/strings'
import { messageOf } from '@/lib/faults'
import { Icon } from '@/ui/icon'
import { explainQuery } from './queries'
import { strings } from './strings'

/** Tells whether an address would get in by the page as it is saved, and why. */
export function TryAddress({ link }: { link: string }) {
  const t = useStrings(strings)
  const [email, setEmail] = useState('')
  const [wanted] = useDebouncedValue(email.trim(), 400)
  const { data, error } = useQuery({ ...explainQuery(link, wanted), enabled: /.@.+\../.test(wanted) })
  const isCurrent = wanted !== '' && wanted === email.trim()
  return (
    <div>
      <TextInput
        type="email" label={t.tryAddress} description={t.tryHint} placeholder="ann@hospital.example" autoComplete="off"
        value={email} onChange={(event) => setEmail(event.currentTarget.value)}
        // Enter here asks and does not save the form.
        onKeyDown={(event) => { if (event.key === 'Enter') event.preventDefault() }}
      />
      <p role="status" className={`say verdict ${data?.allowed ? 'good' : 'bad'}`}>
        {isCurrent && data && <><Icon name={data.allowed ? 'circle-check' : 'circle-x'} />{data.reason}</>}
        {isCurrent && !data && error && <><Icon name="alert-circle" />{messageOf(error)}</>}
      </p>
    </div>
  )
}
