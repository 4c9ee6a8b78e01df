import { queryOptions } from '@tanstack/react-query'
import { graphql } from '@/gql'
import { request } from '@/lib/request'

const ProgramChoicesDocument = graphql(`
  query ConsoleProgramChoices($workspace: ID!, $search: String) {
    workspace(id: $workspace) {
      programs(first: 50, filter: { search: $search }, orderBy: { field: NAME }) { edges { node { id name } } }
    }
  }
`)

/** The programs with a text in their names, for a select. */
export const programChoicesQuery = (workspace: string, search: string) => queryOptions({
  queryKey: ['program-choices', workspace, search],
  queryFn: async ({ signal }) => {
    const answer = await request(ProgramChoicesDocument, { workspace, search: search || null }, signal)
    return answer.workspace?.programs.edges.map(({ node }) => node) ?? []
  },
})
