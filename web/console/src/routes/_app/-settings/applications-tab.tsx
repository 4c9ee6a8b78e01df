import { Button } from '@mantine/core'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useStrings } from '@/i18n/strings'
import { copyText } from '@/lib/copy'
import { patchRows, removeRows } from '@/lib/pages'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { Confirm } from '@/ui/confirm'
import type { Column } from '@/ui/data-table/columns'
import { DataTable } from '@/ui/data-table/data-table'
import { Icon } from '@/ui/icon'
import { notifyDone, notifyFailure } from '@/ui/notify'
import { RowMenu } from '@/ui/row-menu'
import { Empty } from '@/ui/states'
import { ApplicationDialog, type SavedApplication } from './application-dialog'
import {
  applicationsKey, applicationsQuery, DeleteApplicationDocument, discoveryUrl, issuerQuery, RotateApplicationDocument,
  type ApplicationRow,
} from './application-queries'
import { strings } from './application-strings'
import { CopyLine } from './copy-line'
import { RotateDialog } from './rotate-dialog'
import { SecretDialog, type Secret } from './secret-dialog'
import { strings as shared } from './strings'

type Asked = { act: 'create' } | { act: 'edit' | 'rotate' | 'delete'; application: ApplicationRow } | null

/** The applications that members sign in to with their account here. */
export function ApplicationsTab() {
  const t = useStrings(strings)
  const s = useStrings(shared)
  const client = useQueryClient()
  const { id: workspace } = useWorkspace()
  const applications = useInfiniteQuery(applicationsQuery(workspace))
  const { data: issuer } = useQuery(issuerQuery)
  const [asked, setAsked] = useState<Asked>(null)
  const [secret, setSecret] = useState<Secret | null>(null)
  const stop = () => setAsked(null)
  const show = ({ id, name }: { id: string; name: string }, value: string) => setSecret({
    title: s.newSecret(name), label: t.secretLabel, value, hint: t.secretHint, more: [{ label: t.clientId, value: id }],
  })
  const finish = (saved: SavedApplication) => {
    if (saved.secret) show(saved, saved.secret)
    else notifyDone(saved.isNew ? t.created(saved.name) : t.saved(saved.name))
  }
  const rotate = async (application: ApplicationRow, formerSecretHours: number) => {
    const { rotateApplicationSecret } = await request(RotateApplicationDocument, {
      input: { applicationId: application.id, formerSecretHours },
    })
    if (!rotateApplicationSecret) return
    patchRows(client, applicationsKey(workspace), new Map([[application.id, rotateApplicationSecret.application]]))
    show(application, rotateApplicationSecret.clientSecret)
  }
  const remove = async (application: ApplicationRow) => {
    await request(DeleteApplicationDocument, { input: { applicationId: application.id } })
    removeRows(client, applicationsKey(workspace), new Set([application.id]))
    notifyDone(t.deleted(application.name))
  }
  const copyId = async ({ id }: ApplicationRow) => {
    await copyText(id)
    notifyDone(t.idCopied)
  }
  const columns = useMemo<Column<ApplicationRow>[]>(() => [
    {
      id: 'name', header: t.name, required: true,
      cell: ({ id, name, confidential }) => (
        <>
          {name}
          <span className="phone meta">{confidential ? t.server : t.browser}</span>
          <span className="phone meta">{id}</span>
        </>
      ),
    },
    { id: 'kind', header: t.kind, wide: true, muted: true, width: '11rem', cell: ({ confidential }) => confidential ? t.server : t.browser },
    { id: 'clientId', header: t.clientId, wide: true, muted: true, width: '15rem', cell: ({ id }) => <code>{id}</code> },
    {
      id: 'returns', header: t.returns, wide: true, muted: true, width: '32%',
      cell: ({ redirectUris: [first, ...rest] }) => rest.length > 0 ? `${first ?? ''} ${t.more(rest.length)}` : first,
    },
  ], [t])
  const menu = (application: ApplicationRow) => (
    <RowMenu
      name={application.name}
      actions={[
        { key: 'edit', label: t.edit, icon: 'pencil', run: () => setAsked({ act: 'edit', application }) },
        { key: 'copy', label: t.copyId, icon: 'copy', run: () => void copyId(application).catch(notifyFailure) },
        ...(application.confidential
          ? [{ key: 'rotate', label: t.rotate, icon: 'refresh' as const, run: () => setAsked({ act: 'rotate', application }) }] : []),
        { key: 'delete', label: t.delete, icon: 'trash', danger: true, run: () => setAsked({ act: 'delete', application }) },
      ]}
    />
  )
  const isEmpty = applications.data?.pages[0]?.edges.length === 0
  const create = (variant: 'default' | 'filled') => (
    <Button variant={variant} leftSection={<Icon name="plus" />} onClick={() => setAsked({ act: 'create' })}>{t.create}</Button>
  )
  return (
    <>
      <div className="know">
        <p>{t.about}</p>
        {issuer && <CopyLine label={t.discovery} value={discoveryUrl(issuer)} />}
        <p className="meta">{t.discoveryHint}</p>
      </div>
      {!isEmpty && <div className="filters"><div className="end">{create('default')}</div></div>}
      <DataTable
        label={t.list} query={applications} columns={columns} nameOf={({ name }) => name} menu={menu}
        empty={<Empty icon="shield" title={t.nothing} text={t.nothingText}>{create('filled')}</Empty>}
      />
      {asked?.act === 'create' && <ApplicationDialog application={null} done={finish} close={stop} />}
      {asked?.act === 'edit' && <ApplicationDialog application={asked.application} done={finish} close={stop} />}
      {asked?.act === 'rotate' && (
        <RotateDialog
          name={asked.application.name} text={t.rotateText} run={(hours) => rotate(asked.application, hours)} close={stop}
        />
      )}
      {asked?.act === 'delete' && (
        <Confirm
          opened danger title={t.deleteTitle(asked.application.name)} action={t.deleteAction}
          run={() => remove(asked.application)} close={stop}
        >
          <p>{t.deleteText}</p>
        </Confirm>
      )}
      {secret && <SecretDialog secret={secret} close={() => setSecret(null)} />}
    </>
  )
}
