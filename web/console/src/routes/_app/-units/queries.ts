/** Documents of the org units. */
import { queryOptions, type QueryClient } from '@tanstack/react-query'
import { graphql } from '@/gql'
import type { UnitRowFragment } from '@/gql/graphql'
import { ApiError } from '@/lib/faults'
import { request } from '@/lib/request'
import { loadTree, mergeRows, type TreeList, type TreeSource } from '@/lib/tree-list'

export const UnitRowDocument = graphql(`
  fragment UnitRow on OrgUnit { id name childCount viewerCan parent { id } }
`)

export type UnitRow = UnitRowFragment

const UnitsDocument = graphql(`
  query ConsoleUnits($workspace: ID!, $filter: OrgUnitFilter!, $after: String, $withTotal: Boolean!) {
    workspace(id: $workspace) {
      orgUnits(first: 100, after: $after, filter: $filter, orderBy: { field: NAME }) {
        edges { node { ...UnitRow } }
        pageInfo { hasNextPage endCursor }
        totalCount @include(if: $withTotal)
      }
    }
  }
`)

const FoundUnitsDocument = graphql(`
  query ConsoleFoundUnits($workspace: ID!, $search: String!) {
    workspace(id: $workspace) {
      orgUnits(first: 50, filter: { search: $search }, orderBy: { field: NAME }) {
        edges { node { id name parent { id name } } }
      }
    }
  }
`)

const UnitDocument = graphql(`
  query ConsoleUnit($id: ID!) { node(id: $id) { ... on OrgUnit { ...UnitRow } } }
`)

const UnitInUseDocument = graphql(`
  query ConsoleUnitInUse($workspace: ID!, $unit: ID!) {
    workspace(id: $workspace) { members(filter: { orgUnitId: $unit }) { totalCount } }
    node(id: $unit) { ... on OrgUnit { id childCount } }
  }
`)

export const CreateUnitDocument = graphql(`
  mutation ConsoleCreateUnit($input: CreateOrgUnitInput!) {
    createOrgUnit(input: $input) { orgUnit { ...UnitRow } }
  }
`)

export const UpdateUnitDocument = graphql(`
  mutation ConsoleUpdateUnit($input: UpdateOrgUnitInput!) {
    updateOrgUnit(input: $input) { orgUnit { ...UnitRow } }
  }
`)

export const DeleteUnitDocument = graphql(`
  mutation ConsoleDeleteUnit($input: DeleteOrgUnitInput!) {
    deleteOrgUnit(input: $input) { deletedId }
  }
`)

export const ChangeUnitDocument = graphql(`
  mutation ConsoleChangeUnit($input: UpdateMembersInput!) {
    updateMembers(input: $input) { results { id error { message } } }
  }
`)

export const unitsKey = (workspace: string) => ['units', workspace] as const

/** The tree of the units. */
export const unitTree = (workspace: string): TreeSource<UnitRow> => ({
  key: unitsKey(workspace),
  load: async (filter, after, withTotal) => {
    const answer = await request(UnitsDocument, { workspace, filter, after, withTotal })
    if (!answer.workspace) throw new ApiError('NOT_FOUND', '')
    return answer.workspace.orgUnits
  },
  loadRow: async (id) => {
    const { node } = await request(UnitDocument, { id })
    return node && 'viewerCan' in node ? node as UnitRow : null
  },
})

/** All units, or the first level of many, for the tree. */
export const unitsQuery = (workspace: string) => queryOptions({
  queryKey: unitsKey(workspace), queryFn: () => loadTree(unitTree(workspace)),
})

/** Units with a text in their names. */
export const foundUnitsQuery = (workspace: string, search: string) => queryOptions({
  queryKey: ['found-units', workspace, search],
  enabled: search !== '',
  queryFn: async ({ signal }) => {
    const answer = await request(FoundUnitsDocument, { workspace, search }, signal)
    const found = answer.workspace?.orgUnits.edges ?? []
    return found.map(({ node: { id, name, parent } }) => ({ id, name, where: parent?.name ?? '' }))
  },
})

/** One unit. */
export const unitQuery = (id: string) => queryOptions({
  queryKey: ['unit', id],
  queryFn: async ({ signal }) => {
    const { node } = await request(UnitDocument, { id }, signal)
    if (!node || !('viewerCan' in node)) throw new ApiError('NOT_FOUND', '')
    return node as UnitRow
  },
})

/** How many people are in a unit, and how many units lie in it. */
export const unitInUseQuery = (workspace: string, unit: string) => queryOptions({
  queryKey: ['unit-in-use', workspace, unit],
  staleTime: 0,
  queryFn: async ({ signal }) => {
    const { workspace: found, node } = await request(UnitInUseDocument, { workspace, unit }, signal)
    return { people: found?.members.totalCount ?? 0, children: node && 'childCount' in node ? node.childCount : 0 }
  },
})

/** Puts a changed unit into the tree, or takes one out. */
export function patchUnits(client: QueryClient, workspace: string, changed: UnitRow | null, removed?: string): void {
  client.setQueryData<TreeList<UnitRow>>(unitsKey(workspace), (list) => list && {
    ...list, rows: mergeRows(list.rows, changed ? [changed] : []).filter(({ id }) => id !== removed),
  })
  if (changed) client.setQueryData(unitQuery(changed.id).queryKey, changed)
}
