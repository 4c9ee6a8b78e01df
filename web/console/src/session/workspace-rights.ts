/** What a person may do in the workspace as a whole, not only at a place in it. */
import { queryOptions, useQuery } from '@tanstack/react-query'
import { graphql } from '@/gql'
import type { Permission } from '@/gql/graphql'
import { request } from '@/lib/request'
import { useWorkspace } from './workspace'

const RightsDocument = graphql(`
  query ConsoleRights {
    viewer {
      memberships {
        id
        workspace { id }
        roleAssignments { id role { id permissions } group { id } orgUnit { id } session { id } }
      }
    }
  }
`)

/** The permissions held in the whole workspace. */
export const rightsQuery = (workspace: string) => queryOptions({
  queryKey: ['rights', workspace],
  staleTime: 300_000,
  queryFn: async ({ signal }): Promise<Permission[]> => {
    const { viewer } = await request(RightsDocument, {}, signal)
    const membership = viewer?.memberships.find((member) => member.workspace.id === workspace)
    return (membership?.roleAssignments ?? [])
      .filter(({ group, orgUnit, session }) => !group && !orgUnit && !session)
      .flatMap(({ role }) => role.permissions)
  },
})

/** The permissions held in the whole workspace; empty until they are known. */
export function useWorkspaceRights(): readonly Permission[] {
  const { id } = useWorkspace()
  return useQuery(rightsQuery(id)).data ?? []
}
