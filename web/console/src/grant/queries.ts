/** Documents of the fields of a grant. */
import { queryOptions } from '@tanstack/react-query'
import { graphql } from '@/gql'
import type { Permission } from '@/gql/graphql'
import { ApiError } from '@/lib/faults'
import { request } from '@/lib/request'
import { loadTree, type LevelRow, type TreeSource } from '@/lib/tree-list'

const RolesDocument = graphql(`
  query ConsoleGrantableRoles($workspace: ID!) {
    workspace(id: $workspace) {
      roles(first: 100) { edges { node { id key name description permissions scopes } } }
      customFields(first: 50) { edges { node { key name type choices required } } }
    }
  }
`)

/** The roles and the questions of a workspace. */
export const rolesQuery = (workspace: string) => queryOptions({
  queryKey: ['grantable-roles', workspace],
  queryFn: async ({ signal }) => {
    const { workspace: found } = await request(RolesDocument, { workspace }, signal)
    return {
      roles: found?.roles.edges.map(({ node }) => node) ?? [],
      fields: found?.customFields.edges.map(({ node }) => node) ?? [],
    }
  },
})

const PlacesDocument = graphql(`
  query ConsolePlaces(
    $workspace: ID!, $groups: Boolean!, $units: Boolean!, $sessions: Boolean!, $programs: Boolean!, $search: String
  ) {
    workspace(id: $workspace) {
      groups(first: 50, filter: { search: $search }) @include(if: $groups) {
        edges { node { id name path viewerCan } }
      }
      orgUnits(first: 50, filter: { search: $search }) @include(if: $units) {
        edges { node { id name viewerCan parent { name } } }
      }
      sessions(first: 50, filter: { search: $search, phase: [COMING, ONGOING] }) @include(if: $sessions) {
        edges { node { id name startsAt viewerCan program { name } } }
      }
      programs(first: 50, filter: { search: $search }) @include(if: $programs) {
        edges { node { id name } }
      }
    }
  }
`)

export type PlaceKind = 'groups' | 'units' | 'sessions' | 'programs'

/** A place that may be granted: its name and, after it, where it lies. */
export type Place = { id: string; name: string; where: string }

/** The places of one kind whose name holds the search. Only those where the caller holds a permission, if one is needed. */
export const placesQuery = (workspace: string, kind: PlaceKind, search: string, needs: Permission | null) => queryOptions({
  queryKey: ['places', workspace, kind, search, needs],
  queryFn: async ({ signal }): Promise<Place[]> => {
    const { workspace: found } = await request(PlacesDocument, {
      workspace, search: search || null,
      groups: kind === 'groups', units: kind === 'units', sessions: kind === 'sessions', programs: kind === 'programs',
    }, signal)
    const isOffered = ({ node }: { node: { viewerCan: Permission[] } }) => !needs || node.viewerCan.includes(needs)
    return [
      ...(found?.groups?.edges ?? []).filter(isOffered)
        .map(({ node: { id, name, path } }) => ({ id, name, where: path.slice(0, -1).join(' › ') })),
      ...(found?.orgUnits?.edges ?? []).filter(isOffered)
        .map(({ node: { id, name, parent } }) => ({ id, name, where: parent?.name ?? '' })),
      ...(found?.sessions?.edges ?? []).filter(isOffered)
        .map(({ node: { id, name, program } }) => ({ id, name, where: program.name })),
      ...(found?.programs?.edges ?? []).map(({ node: { id, name } }) => ({ id, name, where: '' })),
    ]
  },
})

const BrowseDocument = graphql(`
  query ConsoleBrowsePlaces(
    $workspace: ID!, $groups: Boolean!, $units: Boolean!, $parent: ID, $isRoot: Boolean, $after: String, $withTotal: Boolean!
  ) {
    workspace(id: $workspace) {
      groups(
        first: 100, after: $after, filter: { parentId: $parent, isRoot: $isRoot }, orderBy: { field: NAME }
      ) @include(if: $groups) {
        edges { node { id name childCount viewerCan parent { id } } }
        pageInfo { hasNextPage endCursor }
        totalCount @include(if: $withTotal)
      }
      orgUnits(
        first: 100, after: $after, filter: { parentId: $parent, isRoot: $isRoot }, orderBy: { field: NAME }
      ) @include(if: $units) {
        edges { node { id name childCount viewerCan parent { id } } }
        pageInfo { hasNextPage endCursor }
        totalCount @include(if: $withTotal)
      }
    }
  }
`)

/** A place with where it lies in its tree. */
export type TreePlace = LevelRow & { viewerCan: string[] }

/** The groups or the units as a tree to choose from. */
export const placeTree = (workspace: string, kind: 'groups' | 'units'): TreeSource<TreePlace> => ({
  key: ['browse-places', workspace, kind],
  load: async ({ parentId: parent, isRoot }, after, withTotal) => {
    const answer = await request(BrowseDocument, {
      workspace, groups: kind === 'groups', units: kind === 'units', parent, isRoot, after, withTotal,
    })
    const list = answer.workspace?.groups ?? answer.workspace?.orgUnits
    if (!list) throw new ApiError('NOT_FOUND', '')
    return list
  },
  loadRow: () => Promise.resolve(null), // nothing is in view here
})

/** All places, or the first level of many. */
export const treeQuery = (source: TreeSource<TreePlace>) => queryOptions({ queryKey: source.key, queryFn: () => loadTree(source) })
