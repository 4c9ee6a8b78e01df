import { useQuery } from '@tanstack/react-query'
import { useStrings } from '@/i18n/strings'
import { byReason, type BulkResult } from '@/lib/bulk'
import { displayName } from '@/ui/person'
import { bulkPeopleQuery } from './bulk-queries'
import { strings } from './bulk-strings'

/** How many people are named for one reason. */
const named = 10

/** Whom an act was refused for, with the server's reasons. */
export function BulkRefusals({ failed }: { failed: BulkResult['failed'] }) {
  const t = useStrings(strings)
  const refusals = byReason(failed)
  const ids = refusals.flatMap((refusal) => refusal.ids.slice(0, named))
  const { data } = useQuery({ ...bulkPeopleQuery(ids), enabled: ids.length > 0 })
  const names = new Map((data ?? []).map(({ id, user }) => [id, displayName(user)]))
  return (
    <section aria-label={t.refused}>
      <ul className="stack">
        {refusals.map(({ reason, ids: all }) => (
          <li key={reason}>
            <strong>{reason}</strong>{' '}
            <span className="meta">
              {all.slice(0, named).flatMap((id) => names.get(id) ?? []).join(', ') || t.refusedFor(all.length)}
              {names.size > 0 && all.length > named && ` ${t.others(all.length - named)}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
