/** Documents of the groups. */
import { queryOptions, type QueryClient } from '@tanstack/react-query'
import { graphql } from '@/gql'
import type { ConsoleGroupQuery, GroupRowFragment } from '@/gql/graphql'
import { ApiError } from '@/lib/faults'
import { request } from '@/lib/request'
import { loadTree, mergeRows, type TreeList, type TreeSource } from '@/lib/tree-list'

export const GroupRowDocument = graphql(`
  fragment GroupRow on Group {
    id name visibility memberCount childCount viewerCan
    parent { id }
  }
`)

export type GroupRow = GroupRowFragment

const GroupsDocument = graphql(`
  query ConsoleGroups($workspace: ID!, $filter: GroupFilter!, $after: String, $withTotal: Boolean!) {
    workspace(id: $workspace) {
      groups(first: 100, after: $after, filter: $filter, orderBy: { field: NAME }) {
        edges { node { ...GroupRow } }
        pageInfo { hasNextPage endCursor }
        totalCount @include(if: $withTotal)
      }
    }
  }
`)

const FoundGroupsDocument = graphql(`
  query ConsoleFoundGroups($workspace: ID!, $search: String!) {
    workspace(id: $workspace) {
      groups(first: 50, filter: { search: $search }, orderBy: { field: NAME }) {
        edges { node { id name path } }
      }
    }
  }
`)

const GroupDocument = graphql(`
  query ConsoleGroup($id: ID!) {
    node(id: $id) {
      ... on Group { ...GroupRow externalId path programs { id name } }
    }
  }
`)

const GroupProgramsDocument = graphql(`
  query ConsoleGroupPrograms($ids: [ID!]!) {
    nodes(ids: $ids) { ... on Group { ...GroupRow programs { id name } } }
  }
`)

const GroupInUseDocument = graphql(`
  query ConsoleGroupInUse($workspace: ID!, $group: ID!) {
    workspace(id: $workspace) {
      invitations(filter: { groupId: $group, status: [PENDING] }) { totalCount }
    }
    node(id: $group) { ... on Group { id childCount } }
  }
`)

export const CreateGroupDocument = graphql(`
  mutation ConsoleCreateGroup($input: CreateGroupInput!) {
    createGroup(input: $input) { group { ...GroupRow } }
  }
`)

export const UpdateGroupDocument = graphql(`
  mutation ConsoleUpdateGroup($input: UpdateGroupInput!) {
    updateGroup(input: $input) { group { ...GroupRow } }
  }
`)

export const DeleteGroupDocument = graphql(`
  mutation ConsoleDeleteGroup($input: DeleteGroupInput!) {
    deleteGroup(input: $input) { deletedId }
  }
`)

export const RemoveFromGroupDocument = graphql(`
  mutation ConsoleRemoveFromGroup($input: RemoveFromGroupInput!) {
    removeFromGroup(input: $input) { group { ...GroupRow } }
  }
`)

export const groupsKey = (workspace: string) => ['groups', workspace] as const

/** The tree of the groups. */
export const groupTree = (workspace: string): TreeSource<GroupRow> => ({
  key: groupsKey(workspace),
  load: async (filter, after, withTotal) => {
    const answer = await request(GroupsDocument, { workspace, filter, after, withTotal })
    if (!answer.workspace) throw new ApiError('NOT_FOUND', '')
    return answer.workspace.groups
  },
  loadRow: async (id) => {
    const { node } = await request(GroupDocument, { id })
    return node && 'visibility' in node ? node as GroupDetail : null
  },
})

/** All groups, or the first level of many, for the tree. */
export const groupsQuery = (workspace: string) => queryOptions({
  queryKey: groupsKey(workspace), queryFn: () => loadTree(groupTree(workspace)),
})

/** Groups with a text in their names. */
export const foundGroupsQuery = (workspace: string, search: string) => queryOptions({
  queryKey: ['found-groups', workspace, search],
  enabled: search !== '',
  queryFn: async ({ signal }) => {
    const answer = await request(FoundGroupsDocument, { workspace, search }, signal)
    const found = answer.workspace?.groups.edges ?? []
    return found.map(({ node: { id, name, path } }) => ({ id, name, where: path.slice(0, -1).join(' › ') }))
  },
})

export const groupKey = (id: string) => ['group', id] as const

/** A group with what only its page shows. */
export type GroupDetail = Extract<NonNullable<ConsoleGroupQuery['node']>, { id: string }>

/** One group. */
export const groupQuery = (id: string) => queryOptions({
  queryKey: groupKey(id),
  queryFn: async ({ signal }) => {
    const { node } = await request(GroupDocument, { id }, signal)
    if (!node || !('visibility' in node)) throw new ApiError('NOT_FOUND', '')
    return node as GroupDetail
  },
})

/** Names of the programs of some groups, each once. */
export const groupProgramsQuery = (ids: string[]) => queryOptions({
  queryKey: ['group-programs', ids],
  enabled: ids.length > 0,
  queryFn: async ({ signal }) => {
    const { nodes } = await request(GroupProgramsDocument, { ids }, signal)
    const programs = nodes.flatMap((node) => (node && 'programs' in node ? node.programs ?? [] : []))
    return [...new Map(programs.map(({ id, name }) => [id, name])).values()]
  },
})

/** How many pending invitations name a group, and how many groups lie in it. */
export const groupInUseQuery = (workspace: string, group: string) => queryOptions({
  queryKey: ['group-in-use', workspace, group],
  staleTime: 0,
  queryFn: async ({ signal }) => {
    const { workspace: found, node } = await request(GroupInUseDocument, { workspace, group }, signal)
    return { pending: found?.invitations.totalCount ?? 0, children: node && 'childCount' in node ? node.childCount : 0 }
  },
})

/** Puts changed groups into the tree, without the removed ones. */
export function patchGroups(client: QueryClient, workspace: string, changed: GroupRow[], removed?: string): void {
  client.setQueryData<TreeList<GroupRow>>(groupsKey(workspace), (list) => list && {
    ...list, rows: mergeRows(list.rows, changed).filter(({ id }) => id !== removed),
  })
}

/** Reads groups again whose people changed with another group, and puts them into the tree. */
export async function refreshGroups(client: QueryClient, workspace: string, ids: string[]): Promise<void> {
  if (ids.length === 0) return
  const { nodes } = await request(GroupProgramsDocument, { ids })
  patchGroups(client, workspace, nodes.flatMap((node) => (node && 'visibility' in node ? [node as GroupRow] : [])))
}
