import { createFileRoute } from '@tanstack/react-router'
import { ApplicationsTab } from './-settings/applications-tab'

export const Route = createFileRoute('/_app/settings/applications')({ component: ApplicationsTab })
