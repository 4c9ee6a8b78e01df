import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Permission } from '@/gql/graphql'
import { useStrings } from '@/i18n/strings'
import { isAllowed } from '@/lib/permissions'
import { Icon } from '@/ui/icon'
import { strings } from './strings'

/** Opens the dialog that adds people, with a place filled in, for those who may add people there. */
export function AddHere({ placeId, held }: { placeId: string; held: readonly Permission[] }) {
  const t = useStrings(strings)
  if (!isAllowed(held, ['MEMBERS_INVITE', 'MEMBERS_CREATE'])) return null
  return (
    <Button
      leftSection={<Icon name="user-plus" />}
      renderRoot={(props) => (
        <Link {...props} to="." search={(search) => ({ ...search, dialog: 'add', into: placeId })} />
      )}
    >
      {t.add}
    </Button>
  )
}
