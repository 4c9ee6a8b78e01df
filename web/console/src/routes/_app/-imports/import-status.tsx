import { useCallback } from 'react'
import type { ImportStatus } from '@/gql/graphql'
import { useStrings } from '@/i18n/strings'
import type { IconName } from '@/ui/icon'
import { Status, type Tone } from '@/ui/status'
import type { ImportRow } from './queries'
import { strings } from './strings'

const looks: Record<ImportStatus, [Tone, IconName]> = {
  PREVIEWING: ['info', 'clock'], PREVIEWED: ['wait', 'clock'], SCHEDULED: ['info', 'clock'], RUNNING: ['info', 'player-play'],
  PAUSED: ['wait', 'player-pause'], COMPLETED: ['good', 'circle-check'], CANCELLED: ['off', 'ban'],
  FAILED: ['bad', 'alert-circle'], UNDONE: ['off', 'history'],
}

export function ImportState({ status }: { status: ImportStatus }) {
  const t = useStrings(strings)
  const [tone, icon] = looks[status]
  return <Status tone={tone} icon={icon}>{t.statuses[status]}</Status>
}

/** What an import is called. */
export function useImportName(): (row: Pick<ImportRow, 'fileName' | 'source'>) => string {
  const t = useStrings(strings)
  return useCallback(({ fileName, source }) => fileName ?? (source === 'ROWS' ? t.rowsOfRequest : t.pasted), [t])
}
