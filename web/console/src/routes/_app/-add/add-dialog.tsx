import { useMediaQuery } from '@mantine/hooks'
import { Link, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'
import type { GrantForm } from '@/grant/grant-form'
import { useStrings } from '@/i18n/strings'
import { isAllowed } from '@/lib/permissions'
import { useWorkspace } from '@/session/workspace'
import { Modal } from '@/ui/modal'
import { notifyDone } from '@/ui/notify'
import { strings as common } from '@/ui/strings'
import { CreateTab, emptyCreate } from './create-tab'
import { useDraft } from './drafts'
import { emptyImport } from './import-form'
import { ImportTab } from './import-tab'
import { emptyInvite, InviteTab } from './invite-tab'
import { emptyJoinPage, JoinTab } from './join-tab'
import { strings } from './strings'
import { useInto } from './use-into'
import './add.css'

/** The ways to add people. Each has an address: ?dialog=invite, ?dialog=create; ?dialog=add is the first one. */
export function AddDialog({ close }: { close: () => void }) {
  const t = useStrings(strings)
  const c = useStrings(common)
  const { viewerPermissions } = useWorkspace()
  const { dialog } = useSearch({ from: '/_app' })
  const [invite, setInvite] = useDraft('invite', emptyInvite)
  const [create, setCreate] = useDraft('create', emptyCreate)
  const [list, setList] = useDraft('import', emptyImport)
  const [page, setPage] = useDraft('join', emptyJoinPage)
  useInto(useCallback((edit: (grant: GrantForm) => GrantForm) => {
    setInvite((form) => ({ ...form, grant: edit(form.grant) }))
    setCreate((form) => ({ ...form, grant: edit(form.grant) }))
    setList((form) => ({ ...form, grant: edit(form.grant) }))
    setPage((form) => ({ ...form, grant: edit(form.grant) }))
  }, [setInvite, setCreate, setList, setPage]))
  const isPhone = useMediaQuery('(max-width: 48rem)')
  const ways = ([
    { way: 'invite', needs: ['MEMBERS_INVITE'] }, { way: 'create', needs: ['MEMBERS_CREATE'] },
    { way: 'import', needs: ['MEMBERS_IMPORT'] },
    { way: 'join', needs: ['JOIN_LINKS_MANAGE'] },
  ] as const).filter(({ needs }) => isAllowed(viewerPermissions, needs))
  const current = ways.find(({ way }) => way === dialog)?.way ?? ways[0]?.way

  // Escape closes the dialog and loses nothing: what was typed is there when it is opened again.
  const leave = () => {
    const isKept = invite.entries.length > 0 || invite.text.trim() || create.firstName || create.lastName || list.file || list.text.trim()
      || page.title || page.whitelist
    if (isKept) notifyDone(t.kept)
    close()
  }

  return (
    <Modal
      opened onClose={leave} title={t.title} size={960} fullScreen={isPhone} centered={false} closeOnClickOutside={false}
      padding={0} classNames={{ header: 'add-head' }} closeButtonProps={{ 'aria-label': c.close }}
    >
      {ways.length > 1 && (
        <nav className="tabs add-tabs" aria-label={t.ways}>
          {ways.map(({ way }) => (
            <Link
              key={way} to="." search={(previous) => ({ ...previous, dialog: way })} replace
              aria-current={way === current ? 'page' : undefined}
            >
              {t.tabs[way]}
            </Link>
          ))}
        </nav>
      )}
      {current === 'invite' && <InviteTab form={invite} change={setInvite} close={close} />}
      {current === 'create' && <CreateTab form={create} change={setCreate} />}
      {current === 'import' && <ImportTab form={list} change={setList} />}
      {current === 'join' && <JoinTab form={page} change={setPage} />}
    </Modal>
  )
}
