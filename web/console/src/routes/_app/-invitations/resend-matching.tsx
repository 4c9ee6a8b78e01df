import { Button } from '@mantine/core'
import { useStrings } from '@/i18n/strings'
import type { ListSearch } from './list-search'
import { strings } from './strings'
import { useCounts } from './use-counts'

/** At most so many invitations are sent again at once. */
const resendLimit = 500

/** Sends all invitations of a tab again that can be accepted. */
export function ResendMatching({ search, tab, resend }: {
  search: ListSearch
  tab: 'pending' | 'failed'
  resend: (count: number) => void
}) {
  const t = useStrings(strings)
  const count = Math.min(useCounts(search)?.[tab] ?? 0, resendLimit)
  return count > 0 && <Button className="wide" onClick={() => resend(count)}>{t.resendMatching(count)}</Button>
}
