import { CloseButton } from '@mantine/core'
import { useStrings } from '@/i18n/strings'
import { Icon } from './icon'
import { strings } from './strings'

/** A filter that is on, with a button that takes it off. */
export function FilterPill({ label, value, remove }: { label: string; value: string; remove: () => void }) {
  const t = useStrings(strings)
  return (
    <span className="chip">
      {`${label}: ${value}`}
      <CloseButton
        size={24}
        icon={<Icon name="x" size={14} />}
        aria-label={t.removeFilter(label)}
        onClick={remove}
      />
    </span>
  )
}
