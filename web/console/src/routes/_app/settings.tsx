import { createFileRoute } from '@tanstack/react-router'
import { SettingsScreen } from './-settings/settings-screen'

export const Route = createFileRoute('/_app/settings')({
  staticData: {
    nav: {
      title: { en: 'Settings', fr: 'Réglages' }, icon: 'adjustments-horizontal', order: 90, section: 'workspace',
      needs: ['WORKSPACE_MANAGE', 'API_KEYS_MANAGE', 'WEBHOOKS_MANAGE'],
    },
  },
  component: SettingsScreen,
})
