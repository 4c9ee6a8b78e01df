/** Documents of the org units. */
import { queryOptions, type QueryClient } from '@tanstack/react-query'
import { graphql } from '@/gql'
import type { UnitRowFragment } from '@/gql/graphql'
import { ApiError } from '@/lib/faults'
import { request } from '@/lib/request'
import { allPages, type WholeList } from '../-places/all-pages'

export const UnitRowDocument = graphql(`
  fragment UnitRow on OrgUnit { id name viewerCan parent { id } }
`)

export type UnitRow = UnitRowFragment

const UnitsDocument = graphql(`
  query ConsoleUnits($workspace: ID!, $after: String) {
    workspace(id: $workspace) {
      orgUnits(first: 100, after: $after, orderBy: { field: NAME }) {
        edges { node { ...UnitRow } }
        pageInfo { hasNextPage endCursor }
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

export const unitsKey = (workspace: string) => ['units', workspace] as const

/** All units, for the tree. */
export const unitsQuery = (workspace: string) => queryOptions({
  queryKey: unitsKey(workspace),
  queryFn: ({ signal }) => allPages<UnitRow>(async (after) => {
    const answer = await request(UnitsDocument, { workspace, after }, signal)
    if (!answer.workspace) throw new ApiError('NOT_FOUND', '')
    return answer.workspace.orgUnits
  }),
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

/** How many people are in a unit. */
export const unitInUseQuery = (workspace: string, unit: string) => queryOptions({
  queryKey: ['unit-in-use', workspace, unit],
  queryFn: async ({ signal }) =>
    (await request(UnitInUseDocument, { workspace, unit }, signal)).workspace?.members.totalCount ?? 0,
})

/** Puts a changed unit into the tree, or takes one out. */
export function patchUnits(client: QueryClient, workspace: string, changed: UnitRow | null, removed?: string): void {
  client.setQueryData<WholeList<UnitRow>>(unitsKey(workspace), (list) => {
    if (!list) return list
    const rows = list.rows.filter(({ id }) => id !== changed?.id && id !== removed)
    if (changed) rows.push(changed)
    return { ...list, rows: rows.sort((a, b) => a.name.localeCompare(b.name)) }
  })
  if (changed) client.setQueryData(unitQuery(changed.id).queryKey, changed)
}
