import { useNavigate, useSearch } from '@tanstack/react-router'
import { Suspense } from 'react'
import { isAllowed } from '@/lib/permissions'
import { useWorkspace } from '@/session/workspace'
import { dialogs } from './dialogs'

/** The dialog that the address names, if there is one and the person may open it. */
export function DialogOutlet() {
  const { dialog: name } = useSearch({ from: '/_app' })
  const { viewerPermissions } = useWorkspace()
  const navigate = useNavigate()
  const dialog = name ? dialogs[name] : undefined
  if (!dialog || !isAllowed(viewerPermissions, dialog.needs)) return null

  const close = () => void navigate({ to: '.', search: (search) => ({ ...search, dialog: undefined, into: undefined }) })
  const { Content } = dialog
  return <Suspense><Content close={close} /></Suspense>
}
