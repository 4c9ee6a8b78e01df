import { useState } from 'react'
import type { IssueCardsInput } from '@/gql/graphql'
import { useStrings } from '@/i18n/strings'
import { runBulk, whileMore, type BulkResult } from '@/lib/bulk'
import { ApiError } from '@/lib/faults'
import { Confirm } from '@/ui/confirm'
import { notifyDone } from '@/ui/notify'
import { BulkRefusals } from '../-people/bulk-refusals'
import { strings as bulk } from '../-people/bulk-strings'
import { issueCards, openSheets } from './print-cards'

/** Issues cards for all people of a group or of an import, as one document to print. */
export function CardsDialog({ select, close }: {
  /** Selects the people behind one of them; null for the first. */
  select: (afterId: string | null) => IssueCardsInput
  close: () => void
}) {
  const t = useStrings(bulk)
  const [progress, setProgress] = useState(0)
  const [failed, setFailed] = useState<BulkResult['failed']>([])
  const run = async () => {
    const sheets: string[] = []
    setFailed([])
    const { done, failed: refused, stopped } = await runBulk(whileMore((afterId) => issueCards(select(afterId), sheets)), setProgress)
    setProgress(0)
    await openSheets(sheets)
    if (done.length > 0) notifyDone(t.done(done.length))
    setFailed(refused)
    if (stopped) throw new ApiError('CONFLICT', t.stopped(done.length, stopped))
    if (refused.length > 0) throw new ApiError('CONFLICT', t.part(done.length, refused.length))
    if (done.length === 0) throw new ApiError('CONFLICT', t.nobodyLeft)
  }
  return (
    <Confirm opened title={t.acts.cards} action={t.acts.cards} run={run} close={close}>
      <div className="stack">
        {failed.length > 0 && <BulkRefusals failed={failed} />}
        <p>{t.effects.cards}</p>
        {progress > 0 && <p className="meta num" role="status">{t.done(progress)}</p>}
      </div>
    </Confirm>
  )
}
