import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useStrings } from '@/i18n/strings'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { Confirm } from '@/ui/confirm'
import { Icon } from '@/ui/icon'
import { notifyDone } from '@/ui/notify'
import { importQuery, importRowsKey, UndoImportDocument, type ImportDetail } from './queries'
import { strings } from './strings'

/** Takes an import back, after saying what that does and what it cannot do. */
export function Undo({ data }: { data: ImportDetail }) {
  const t = useStrings(strings)
  const client = useQueryClient()
  const { id: workspace } = useWorkspace()
  const [isAsked, setAsked] = useState(false)
  if (!data.viewerCan.includes('MEMBERS_IMPORT') || !data.startedAt) return null
  const run = async () => {
    const { undoImport } = await request(UndoImportDocument, { input: { importId: data.id } })
    if (undoImport) client.setQueryData(importQuery(data.id).queryKey, { ...data, ...undoImport.import })
    void client.resetQueries({ queryKey: importRowsKey(data.id) })
    for (const key of ['members', 'invitations']) void client.resetQueries({ queryKey: [key, workspace] })
    notifyDone(t.undone)
  }
  return (
    <p className="section">
      <Button leftSection={<Icon name="history" />} onClick={() => setAsked(true)}>{t.undo}</Button>
      <Confirm opened={isAsked} danger title={t.undoTitle} action={t.undo} run={run} close={() => setAsked(false)}>
        <p>{t.undoText}</p>
      </Confirm>
    </p>
  )
}
