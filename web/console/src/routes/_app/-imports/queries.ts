/** Documents of imports. */
import { queryOptions } from '@tanstack/react-query'
import { graphql } from '@/gql'
import type { ConsoleImportQuery, ImportRowOutcome, ImportFieldsFragment } from '@/gql/graphql'
import { ApiError } from '@/lib/faults'
import { connectionQuery } from '@/lib/pages'
import { request } from '@/lib/request'

export const ImportFieldsDocument = graphql(`
  fragment ImportFields on Import {
    id status action existing source fileName totalRows processedRows emailsToSend emailAt emailsPerMinute
    createdAt startedAt finishedAt failure viewerCan
    counts { invite create update deactivate reactivate unchanged error done }
    startedBy { id user { id firstName lastName email username } }
  }
`)

export type ImportRow = ImportFieldsFragment

const ImportsDocument = graphql(`
  query ConsoleImports($workspace: ID!, $search: String, $first: Int, $after: String, $last: Int, $before: String) {
    workspace(id: $workspace) {
      imports(filter: { search: $search }, first: $first, after: $after, last: $last, before: $before) {
        edges { node { ...ImportFields } }
        pageInfo { hasNextPage startCursor endCursor }
      }
    }
  }
`)

export const importsKey = (workspace: string) => ['imports', workspace] as const

export const importsQuery = (workspace: string, search?: string) =>
  connectionQuery([...importsKey(workspace), search ?? ''], async (page, signal) => {
    const answer = await request(ImportsDocument, { workspace, search: search || null, ...page }, signal)
    if (!answer.workspace) throw new ApiError('NOT_FOUND', '')
    return answer.workspace.imports
  })

const ImportDocument = graphql(`
  query ConsoleImport($id: ID!) {
    node(id: $id) {
      ... on Import {
        ...ImportFields
        reading {
          encoding delimiter headerRow sheet sheetsLeftOut hiddenRows notes
          columns { letter header name ignored }
        }
        options { message expiresAt neverExpires sendEmail }
        leftAlone(first: 100) { number reason }
      }
    }
  }
`)

export type ImportDetail = Extract<NonNullable<ConsoleImportQuery['node']>, { totalRows: number }>

export const importQuery = (id: string) => queryOptions({
  queryKey: ['import', id],
  queryFn: async ({ signal }): Promise<ImportDetail> => {
    const { node } = await request(ImportDocument, { id }, signal)
    if (!node || !('totalRows' in node)) throw new ApiError('NOT_FOUND', '')
    return node as ImportDetail // an object of another kind has none of the fields
  },
})

const ImportRowsDocument = graphql(`
  query ConsoleImportRows(
    $id: ID!, $outcome: [ImportRowOutcome!], $first: Int, $after: String, $last: Int, $before: String
  ) {
    node(id: $id) {
      ... on Import {
        rows(filter: { outcome: $outcome }, first: $first, after: $after, last: $last, before: $before) {
          edges {
            node {
              number email username name outcome done
              errors { column code message }
              member { id }
            }
          }
          pageInfo { hasNextPage startCursor endCursor }
        }
      }
    }
  }
`)

export const importRowsKey = (id: string) => ['import-rows', id] as const

/** The rows of an import with an outcome, or all. The number of a row is its id. */
export const importRowsQuery = (id: string, outcome?: ImportRowOutcome) =>
  connectionQuery([...importRowsKey(id), outcome ?? ''], async (page, signal) => {
    const { node } = await request(ImportRowsDocument, { id, outcome: outcome ? [outcome] : null, ...page }, signal)
    if (!node || !('rows' in node)) throw new ApiError('NOT_FOUND', '')
    const { edges, pageInfo } = node.rows
    return { edges: edges.map((edge) => ({ node: { id: String(edge.node.number), ...edge.node } })), pageInfo }
  })

export type Line = Awaited<ReturnType<NonNullable<ReturnType<typeof importRowsQuery>['queryFn']>>>['edges'][number]['node']

const LinksDocument = graphql(`
  query ConsoleImportLinks($id: ID!) {
    node(id: $id) { ... on Import { reportUrl rejectedUrl } }
  }
`)

/** The addresses of the files of an import. They work for some minutes, so they are read when they are asked for. */
export async function importLinks(id: string): Promise<{ reportUrl?: string | null; rejectedUrl?: string | null }> {
  const { node } = await request(LinksDocument, { id })
  return node && 'reportUrl' in node ? node : {}
}

export const ImportProgressDocument = graphql(`
  subscription ConsoleImportProgress($id: ID!) {
    importProgress(id: $id) { rowsPerSecond secondsLeft import { ...ImportFields } }
  }
`)

export const StartImportDocument = graphql(`
  mutation ConsoleStartImport($input: StartImportInput!) {
    startImport(input: $input) { import { ...ImportFields } }
  }
`)

export const PauseImportDocument = graphql(`
  mutation ConsolePauseImport($input: PauseImportInput!) {
    pauseImport(input: $input) { import { ...ImportFields } }
  }
`)

export const ResumeImportDocument = graphql(`
  mutation ConsoleResumeImport($input: ResumeImportInput!) {
    resumeImport(input: $input) { import { ...ImportFields } }
  }
`)

export const CancelImportDocument = graphql(`
  mutation ConsoleCancelImport($input: CancelImportInput!) {
    cancelImport(input: $input) { import { ...ImportFields } }
  }
`)

export const UndoImportDocument = graphql(`
  mutation ConsoleUndoImport($input: UndoImportInput!) {
    undoImport(input: $input) { import { ...ImportFields leftAlone(first: 100) { number reason } } }
  }
`)
