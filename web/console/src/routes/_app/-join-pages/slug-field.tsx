import { TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useStrings } from '@/i18n/strings'
import { Status } from '@/ui/status'
import { isSlug } from './join-form'
import { slugTakenQuery } from './queries'
import { strings } from './strings'

/** The address of a page. It is checked while it is typed; the server checks it again when it is saved. */
export function SlugField({ url, saved, value, change, error }: {
  url: string
  saved: string
  value: string
  change: (slug: string) => void
  error?: string
}) {
  const t = useStrings(strings)
  const [wanted] = useDebouncedValue(value, 300)
  const isNew = value !== saved
  const { data: isTaken } = useQuery({ ...slugTakenQuery(wanted), enabled: isNew && isSlug(wanted) && wanted !== saved })
  const isChecked = isNew && isSlug(value) && wanted === value && isTaken !== undefined
  const fault = isNew && !isSlug(value) ? t.slugForm : isChecked && isTaken ? t.slugTaken : error
  const prefix = url.replace(/^https?:\/\//, '').slice(0, -saved.length)
  return (
    <div>
      <TextInput
        id="slug" label={t.slug} description={`${prefix}… ${t.slugHint}`} value={value} error={fault} autoComplete="off"
        autoCapitalize="none" spellCheck={false} maxLength={64}
        onChange={(event) => change(event.currentTarget.value.toLowerCase())}
      />
      <p role="status" className="meta">
        {isChecked && !isTaken && <Status tone="good" icon="circle-check">{t.slugFree}</Status>}
        {isNew && isSlug(value) && !isChecked && t.slugChecking}
      </p>
    </div>
  )
}
