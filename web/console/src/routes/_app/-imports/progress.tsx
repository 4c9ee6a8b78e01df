import { Button, Group } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { formatMoment } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { Confirm } from '@/ui/confirm'
import { Icon } from '@/ui/icon'
import { notifyDone } from '@/ui/notify'
import type { Pace } from './live'
import {
  CancelImportDocument, importQuery, PauseImportDocument, ResumeImportDocument, type ImportDetail, type ImportRow,
} from './queries'
import { strings } from './strings'

/** How far a running import is, with what can be done about it. */
export function Progress({ data, pace }: { data: ImportDetail; pace: Pace }) {
  const t = useStrings(strings)
  const client = useQueryClient()
  const { timeZone } = useWorkspace()
  const [isStopping, setStopping] = useState(false)
  const { id, status } = data
  const keep = (next?: ImportRow) => next
    && client.setQueryData(importQuery(id).queryKey, (previous) => previous && { ...previous, ...next })
  const input = { importId: id }
  const toggle = useMutation({
    mutationFn: async () => status === 'PAUSED'
      ? (await request(ResumeImportDocument, { input })).resumeImport?.import
      : (await request(PauseImportDocument, { input })).pauseImport?.import,
    onSuccess: keep,
  })
  const stop = async () => {
    keep((await request(CancelImportDocument, { input })).cancelImport?.import)
    notifyDone(t.stopped)
  }
  const mayChange = data.viewerCan.includes('MEMBERS_IMPORT')
  return (
    <section className="panel section" aria-label={t.progress}>
      <div className="pad stack">
        <progress className="progress" aria-label={t.progress} max={data.totalRows} value={data.counts.done} />
        <p className="num" role="status">
          {t.done(data.counts.done, data.totalRows)}
          {pace.rowsPerSecond != null && status === 'RUNNING' && `, ${t.rate(pace.rowsPerSecond)}`}
          {pace.secondsLeft != null && status === 'RUNNING' && `, ${t.left(pace.secondsLeft)}`}
          {status === 'SCHEDULED' && data.emailAt && `. ${t.startsAt(formatMoment(data.emailAt, timeZone))}`}
        </p>
        <p className="meta">{t.closeHint}</p>
        {mayChange && (
          <Group>
            {status !== 'SCHEDULED' && (
              <Button
                leftSection={<Icon name={status === 'PAUSED' ? 'player-play' : 'player-pause'} />}
                aria-busy={toggle.isPending} onClick={() => toggle.mutate()}
              >
                {status === 'PAUSED' ? t.resume : t.pause}
              </Button>
            )}
            <Button variant="subtle" color="bad" onClick={() => setStopping(true)}>{t.stop}</Button>
          </Group>
        )}
      </div>
      <Confirm opened={isStopping} danger title={t.stopTitle} action={t.stop} run={stop} close={() => setStopping(false)}>
        <p>{t.stopText}</p>
      </Confirm>
    </section>
  )
}
