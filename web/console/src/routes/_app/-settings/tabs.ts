/** The tabs of the settings, each with an address of its own. */
import type { Permission } from '@/gql/graphql'

/** A tab is shown to those who hold its permission in the whole workspace. */
export const tabs = [
  { key: 'workspace', to: '/settings/workspace', needs: 'WORKSPACE_MANAGE' },
  { key: 'keys', to: '/settings/api-keys', needs: 'API_KEYS_MANAGE' },
  { key: 'webhooks', to: '/settings/webhooks', needs: 'WEBHOOKS_MANAGE' },
  { key: 'applications', to: '/settings/applications', needs: 'WORKSPACE_MANAGE' },
] as const satisfies readonly { key: string; to: string; needs: Permission }[]

export type SettingsTab = (typeof tabs)[number]

/** The tabs that somebody with these rights in the whole workspace may use. */
export const allowedTabs = (rights: readonly Permission[]): SettingsTab[] =>
  tabs.filter(({ needs }) => rights.includes(needs))
