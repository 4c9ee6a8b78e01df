import { Button } from '@mantine/core'
import { useStrings } from '@/i18n/strings'
import { useLiveInvitations } from './live'
import { strings } from './strings'

/** Shows new invitations when it is pressed. A part of its own: during an import its number changes each second. */
export function FreshInvitations({ workspace, isShown }: {
  workspace: string
  /** Not over the list of requests, which follows the changes all the same. */
  isShown: boolean
}) {
  const t = useStrings(strings)
  const { fresh, showFresh } = useLiveInvitations(workspace)
  if (!isShown) return null
  return (
    <div role="status" className={fresh > 0 ? 'filters' : undefined}>
      {fresh > 0 && <Button onClick={showFresh}>{t.fresh(fresh)}</Button>}
    </div>
  )
}
