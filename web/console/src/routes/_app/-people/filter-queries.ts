/** What the list of people can be filtered by. */
import { queryOptions } from '@tanstack/react-query'
import { graphql } from '@/gql'
import { request } from '@/lib/request'

const FilterChoicesDocument = graphql(`
  query ConsoleFilterChoices($workspace: ID!, $text: String) {
    workspace(id: $workspace) {
      roles(first: 100) { edges { node { id name } } }
      groups(first: 50, filter: { search: $text }) { edges { node { id name } } }
      orgUnits(first: 50, filter: { search: $text }) { edges { node { id name } } }
    }
  }
`)

const NamesDocument = graphql(`
  query ConsoleFilterNames($ids: [ID!]!) {
    nodes(ids: $ids) {
      ... on Role { id name }
      ... on Group { id name }
      ... on OrgUnit { id name }
    }
  }
`)

export type Choice = { id: string; name: string }

/** Roles, and the groups and units whose name holds a text. */
export const filterChoicesQuery = (workspace: string, text: string) => queryOptions({
  queryKey: ['filter-choices', workspace, text],
  queryFn: async ({ signal }) => {
    const answer = await request(FilterChoicesDocument, { workspace, text: text || null }, signal)
    const choices = (list?: { edges: { node: Choice }[] }) => list?.edges.map(({ node }) => node) ?? []
    return {
      role: choices(answer.workspace?.roles),
      group: choices(answer.workspace?.groups),
      unit: choices(answer.workspace?.orgUnits),
    }
  },
})

/** The names of the things that an address filters by. */
export const filterNamesQuery = (ids: string[]) => queryOptions({
  queryKey: ['filter-names', ids],
  enabled: ids.length > 0,
  queryFn: async ({ signal }) => {
    const { nodes } = await request(NamesDocument, { ids }, signal)
    return new Map(nodes.flatMap((node) => (node && 'name' in node ? [[node.id, node.name] as const] : [])))
  },
})
