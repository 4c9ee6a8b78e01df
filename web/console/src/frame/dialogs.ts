/** Dialogs that lie over any screen. The address names one: ?dialog=add. */
import { lazy, type ComponentType, type LazyExoticComponent } from 'react'
import type { Permission } from '@/gql/graphql'

export type Dialog = {
  /** Opened for those who hold one of these somewhere in the workspace. */
  needs: Permission[]
  /** The component, by lazyDialog; it calls close when it is done. */
  Content: LazyExoticComponent<ComponentType<{ close: () => void }>>
}

/** Loads a dialog when it is opened for the first time: lazyDialog(async () => (await import('…')).AddDialog). */
export const lazyDialog = (load: () => Promise<ComponentType<{ close: () => void }>>) =>
  lazy(async () => ({ default: await load() }))

// One component for all ways to add people, so that a change of the way does not close the dialog.
const add: Dialog = {
  needs: ['MEMBERS_INVITE', 'MEMBERS_CREATE', 'MEMBERS_IMPORT', 'JOIN_LINKS_MANAGE'],
  Content: lazyDialog(async () => (await import('@/routes/_app/-add/add-dialog')).AddDialog),
}

export const dialogs: Record<string, Dialog> = { add, invite: add, create: add, import: add, join: add }
