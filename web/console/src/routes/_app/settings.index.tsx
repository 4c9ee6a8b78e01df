import { createFileRoute } from '@tanstack/react-router'
import { FirstTab } from './-settings/settings-screen'

export const Route = createFileRoute('/_app/settings/')({ component: FirstTab })
