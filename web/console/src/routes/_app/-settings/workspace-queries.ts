/** Documents of the settings of a workspace. */
import { queryOptions } from '@tanstack/react-query'
import { graphql } from '@/gql'
import type { WorkspaceSettingsFieldsFragment } from '@/gql/graphql'
import { ApiError } from '@/lib/faults'
import { request } from '@/lib/request'

export const WorkspaceSettingsFieldsDocument = graphql(`
  fragment WorkspaceSettingsFields on Workspace {
    id slug name logoUrl color defaultLocale timeZone supportContact homeUrl
    settings {
      invitationDays remindDaysBeforeExpiry remindDaysAfterSending requireGroup sessionReminderDaysBefore
      eraseUnacceptedAfterDays allowedRedirectUrls invitationLinkTemplate joinLinkTemplate privacyUrl termsUrl
      consentRequired consentVersion
    }
  }
`)

export type WorkspaceDetail = WorkspaceSettingsFieldsFragment

const SettingsDocument = graphql(`
  query ConsoleWorkspaceSettings($workspace: ID!) { workspace(id: $workspace) { ...WorkspaceSettingsFields } }
`)

export const settingsQuery = (workspace: string) => queryOptions({
  queryKey: ['workspace-settings', workspace],
  queryFn: async ({ signal }): Promise<WorkspaceDetail> => {
    const answer = await request(SettingsDocument, { workspace }, signal)
    if (!answer.workspace) throw new ApiError('NOT_FOUND', '')
    return answer.workspace
  },
})

export const UpdateWorkspaceDocument = graphql(`
  mutation ConsoleUpdateWorkspace($input: UpdateWorkspaceInput!) {
    updateWorkspace(input: $input) { workspace { ...WorkspaceSettingsFields } }
  }
`)
