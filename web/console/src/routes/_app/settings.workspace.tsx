import { createFileRoute } from '@tanstack/react-router'
import { WorkspaceTab } from './-settings/workspace-tab'

export const Route = createFileRoute('/_app/settings/workspace')({ component: WorkspaceTab })
