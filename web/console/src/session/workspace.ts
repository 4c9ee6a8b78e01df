/** Which workspace the console shows. */
import { useRouteContext } from '@tanstack/react-router'
import type { Viewer } from '@/lib/session'
import { readStored, store } from '@/lib/storage'

/** A workspace as its administrators see it in the frame. */
export type Workspace = Viewer['memberships'][number]['workspace']

/** The workspaces where the person may do something besides learning. */
export function administeredWorkspaces(viewer: Viewer): Workspace[] {
  return viewer.memberships
    .map(({ workspace }) => workspace)
    .filter(({ viewerPermissions }) => viewerPermissions.length > 0)
    .sort((a, b) => a.name.localeCompare(b.name))
}

/** The workspace that the address names, else the last one in this browser, else the first. */
export function chooseWorkspace(viewer: Viewer, slug: string | undefined): Workspace | null {
  const workspaces = administeredWorkspaces(viewer)
  const wanted = slug ?? readStored('workspace', '')
  return workspaces.find((workspace) => workspace.slug === wanted) ?? workspaces[0] ?? null
}

export function rememberWorkspace(workspace: Workspace): void {
  store('workspace', workspace.slug)
}

/** The workspace that the screen shows. */
export function useWorkspace(): Workspace {
  return useRouteContext({ from: '/_app', select: ({ workspace }) => workspace })
}
