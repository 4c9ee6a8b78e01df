import { Button, Group, Textarea } from '@mantine/core'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import { formatShortDay } from '@/i18n/format'
import { useStrings } from '@/i18n/strings'
import { removeRows } from '@/lib/pages'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { Confirm } from '@/ui/confirm'
import type { Column } from '@/ui/data-table/columns'
import { DataTable } from '@/ui/data-table/data-table'
import { notifyDone, notifyFailure } from '@/ui/notify'
import { displayName } from '@/ui/person'
import { Empty } from '@/ui/states'
import {
  ApproveDocument, joinRequestCountQuery, joinRequestsKey, joinRequestsQuery, RejectDocument, type JoinRequestRow,
} from './queries'
import { strings } from './strings'

/** Requests to join that wait for a decision. */
export function RequestsList({ search }: { search?: string }) {
  const t = useStrings(strings)
  const { id: workspace } = useWorkspace()
  const client = useQueryClient()
  const query = useInfiniteQuery(joinRequestsQuery(workspace, search))
  const [rejected, setRejected] = useState<JoinRequestRow | null>(null)
  const [message, setMessage] = useState('')

  const settle = useCallback((id: string) => {
    removeRows(client, joinRequestsKey(workspace), new Set([id]))
    void client.invalidateQueries({ queryKey: joinRequestCountQuery(workspace).queryKey })
  }, [client, workspace])
  const columns = useMemo<Column<JoinRequestRow>[]>(() => {
    const approve = async (row: JoinRequestRow) => {
      try {
        await request(ApproveDocument, { input: { joinRequestId: row.id } })
        settle(row.id)
        notifyDone(t.approved(displayName(row)))
      } catch (problem) {
        notifyFailure(problem)
      }
    }
    return [
      {
        id: 'person', header: t.requestedBy, required: true,
        cell: (row) => <><strong>{displayName(row)}</strong>{' '}<span className="meta">{row.email}</span></>,
      },
      { id: 'page', header: t.joinPage, wide: true, muted: true, width: '18%', cell: ({ joinLink }) => joinLink.title ?? joinLink.slug },
      { id: 'reason', header: t.reason, wide: true, width: '20%', cell: ({ waitsFor }) => waitsFor ? t.reasons[waitsFor] : t.none },
      { id: 'asked', header: t.asked, wide: true, muted: true, width: '7.5rem', cell: ({ createdAt }) => formatShortDay(createdAt) },
      {
        id: 'decide', header: '', required: true, width: 'var(--decide)',
        cell: (row) => (
          <Group gap={4} className="decide">
            <Button onClick={() => void approve(row)}>{t.approve}</Button>
            <Button variant="subtle" color="bad" onClick={() => setRejected(row)}>{t.reject}</Button>
          </Group>
        ),
      },
    ]
  }, [t, settle])

  const reject = async (row: JoinRequestRow) => {
    await request(RejectDocument, { input: { joinRequestId: row.id, message: message.trim() || null } })
    settle(row.id)
    setMessage('')
    notifyDone(t.rejected)
  }
  return (
    <>
      <DataTable
        label={t.requestList} query={query} columns={columns} nameOf={displayName}
        empty={<Empty icon="user" title={t.noRequests} text={t.noRequestsText} />}
      />
      {rejected && (
        <Confirm
          opened danger title={t.rejectTitle(displayName(rejected))} action={t.rejectAction}
          run={() => reject(rejected)} close={() => setRejected(null)}
        >
          <p>{t.rejectText}</p>
          <Textarea
            label={t.rejectMessage} description={t.rejectHint} autosize minRows={2} maxLength={2000}
            value={message} onChange={(event) => setMessage(event.currentTarget.value)}
          />
        </Confirm>
      )}
    </>
  )
}
