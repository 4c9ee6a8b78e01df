/** Everything inside the frame. Screens lie in _app/, one file a screen. */
import { createFileRoute, retainSearchParams } from '@tanstack/react-router'
import { sessionState } from '@/lib/session'
import { ApiError } from '@/lib/faults'
import { chooseWorkspace, rememberWorkspace } from '@/session/workspace'
import { AppFrame } from '@/frame/app-frame'

export type AppSearch = {
  /** Slug of the workspace; absent for the last one in this browser. */
  workspace?: string
  /** A dialog over the screen: its name in frame/dialogs.ts. */
  dialog?: string
  /** Id of the group, unit or session that the dialog adds people to. */
  into?: string
}

const text = (value: unknown): string | undefined => typeof value === 'string' && value ? value : undefined

export const Route = createFileRoute('/_app')({
  validateSearch: (search: Record<string, unknown>): AppSearch => ({
    workspace: text(search.workspace), dialog: text(search.dialog), into: text(search.into),
  }),
  search: { middlewares: [retainSearchParams(['workspace'])] },
  beforeLoad: ({ search }) => {
    const session = sessionState()
    const viewer = session.status === 'in' || session.status === 'ended' ? session.viewer : null
    const workspace = viewer && chooseWorkspace(viewer, search.workspace)
    if (!viewer || !workspace) throw new ApiError('FORBIDDEN', '')
    rememberWorkspace(workspace)
    return { viewer, workspace }
  },
  component: AppFrame,
})
