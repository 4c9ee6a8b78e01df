/** Documents of the programs. */
import { graphql } from '@/gql'
import type { ProgramRowFragment } from '@/gql/graphql'
import { ApiError } from '@/lib/faults'
import { connectionQuery } from '@/lib/pages'
import { request } from '@/lib/request'

export const ProgramRowDocument = graphql(`
  fragment ProgramRow on Program { id name groups { id name } }
`)

export type ProgramRow = ProgramRowFragment

const ProgramsDocument = graphql(`
  query ConsolePrograms($workspace: ID!, $search: String, $first: Int, $after: String, $last: Int, $before: String) {
    workspace(id: $workspace) {
      programs(
        filter: { search: $search }, orderBy: { field: NAME }, first: $first, after: $after, last: $last, before: $before
      ) {
        edges { node { ...ProgramRow } }
        pageInfo { hasNextPage startCursor endCursor }
      }
    }
  }
`)

export const CreateProgramDocument = graphql(`
  mutation ConsoleCreateProgram($input: CreateProgramInput!) {
    createProgram(input: $input) { program { ...ProgramRow } }
  }
`)

export const UpdateProgramDocument = graphql(`
  mutation ConsoleUpdateProgram($input: UpdateProgramInput!) {
    updateProgram(input: $input) { program { ...ProgramRow } }
  }
`)

export const DeleteProgramDocument = graphql(`
  mutation ConsoleDeleteProgram($input: DeleteProgramInput!) {
    deleteProgram(input: $input) { deletedId }
  }
`)

export const AssignProgramDocument = graphql(`
  mutation ConsoleAssignProgram($input: AssignProgramInput!) {
    assignProgram(input: $input) { program { ...ProgramRow } }
  }
`)

export const UnassignProgramDocument = graphql(`
  mutation ConsoleUnassignProgram($input: UnassignProgramInput!) {
    unassignProgram(input: $input) { program { ...ProgramRow } }
  }
`)

export const programsKey = (workspace: string) => ['programs', workspace] as const

export const programsQuery = (workspace: string, search: string | undefined) =>
  connectionQuery([...programsKey(workspace), search], async (page, signal) => {
    const answer = await request(ProgramsDocument, { workspace, search, ...page }, signal)
    if (!answer.workspace) throw new ApiError('NOT_FOUND', '')
    return answer.workspace.programs
  })
