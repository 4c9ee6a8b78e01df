/** Documents of the sessions. */
import { queryOptions } from '@tanstack/react-query'
import { graphql } from '@/gql'
import type {
  ConsoleSessionQuery, EnrollmentRowFragment, PlanInput, SessionFilter, SessionOrder, SessionRowFragment,
} from '@/gql/graphql'
import { ApiError } from '@/lib/faults'
import { connectionQuery } from '@/lib/pages'
import { request } from '@/lib/request'

export const SessionRowDocument = graphql(`
  fragment SessionRow on Session {
    id name startsAt endsAt phase enrollmentCount viewerCan
    program { id name }
    instructors { id user { id firstName lastName email username } }
  }
`)

export type SessionRow = SessionRowFragment

const SessionsDocument = graphql(`
  query ConsoleSessions(
    $workspace: ID!, $filter: SessionFilter, $orderBy: SessionOrder,
    $first: Int, $after: String, $last: Int, $before: String
  ) {
    workspace(id: $workspace) {
      sessions(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
        edges { node { ...SessionRow } }
        pageInfo { hasNextPage startCursor endCursor }
      }
    }
  }
`)

const SessionDocument = graphql(`
  query ConsoleSession($id: ID!) {
    node(id: $id) { ... on Session { ...SessionRow groups { id name } } }
  }
`)

const ProgramNameDocument = graphql(`
  query ConsoleProgramName($id: ID!) { node(id: $id) { ... on Program { id name } } }
`)

export const EnrollmentRowDocument = graphql(`
  fragment EnrollmentRow on Enrollment {
    id status progress completedAt
    member { id viewerCan user { id firstName lastName email username } }
  }
`)

export type EnrollmentRow = EnrollmentRowFragment

const EnrollmentsDocument = graphql(`
  query ConsoleEnrollments($session: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    node(id: $session) {
      ... on Session {
        id
        enrollments(first: $first, after: $after, last: $last, before: $before) {
          edges { node { ...EnrollmentRow } }
          pageInfo { hasNextPage startCursor endCursor }
        }
      }
    }
  }
`)

export const CreateSessionDocument = graphql(`
  mutation ConsoleCreateSession($input: CreateSessionInput!) {
    createSession(input: $input) { session { ...SessionRow } }
  }
`)

export const UpdateSessionDocument = graphql(`
  mutation ConsoleUpdateSession($input: UpdateSessionInput!) {
    updateSession(input: $input) { session { ...SessionRow } }
  }
`)

export const DeleteSessionDocument = graphql(`
  mutation ConsoleDeleteSession($input: DeleteSessionInput!) {
    deleteSession(input: $input) { deletedId }
  }
`)

export const SetEnrollmentDocument = graphql(`
  mutation ConsoleSetEnrollment($input: SetEnrollmentInput!) {
    setEnrollment(input: $input) { enrollment { ...EnrollmentRow } }
  }
`)

export const RegisterDocument = graphql(`
  mutation ConsoleRegister($input: RegisterForSessionInput!) {
    registerForSession(input: $input) {
      invitedCount
      outcomes { input status message }
      session { ...SessionRow }
    }
  }
`)

const RegisterPlanDocument = graphql(`
  query ConsoleRegisterPlan($input: PlanInput!) {
    plan(input: $input) { emailCount seatsTaken people { input status message } }
  }
`)

export const sessionsKey = (workspace: string) => ['sessions', workspace] as const

export const sessionsQuery = (workspace: string, filter: SessionFilter, orderBy: SessionOrder) =>
  connectionQuery([...sessionsKey(workspace), filter, orderBy], async (page, signal) => {
    const answer = await request(SessionsDocument, { workspace, filter, orderBy, ...page }, signal)
    if (!answer.workspace) throw new ApiError('NOT_FOUND', '')
    return answer.workspace.sessions
  })

/** A session with what only its page shows. */
export type SessionDetail = Extract<NonNullable<ConsoleSessionQuery['node']>, { id: string }>

export const sessionQuery = (id: string) => queryOptions({
  queryKey: ['session', id],
  queryFn: async ({ signal }) => {
    const { node } = await request(SessionDocument, { id }, signal)
    if (!node || !('phase' in node)) throw new ApiError('NOT_FOUND', '')
    return node as SessionDetail
  },
})

/** The name of the program by which the list is filtered. */
export const programNameQuery = (id: string | undefined) => queryOptions({
  queryKey: ['program-name', id],
  enabled: id !== undefined,
  queryFn: async ({ signal }) => {
    const { node } = await request(ProgramNameDocument, { id: id ?? '' }, signal)
    return node && 'name' in node ? String(node.name) : ''
  },
})

export const enrollmentsKey = (session: string) => ['enrollments', session] as const

export const enrollmentsQuery = (session: string) =>
  connectionQuery(enrollmentsKey(session), async (page, signal) => {
    const { node } = await request(EnrollmentsDocument, { session, ...page }, signal)
    if (!node || !('enrollments' in node)) throw new ApiError('NOT_FOUND', '')
    return node.enrollments
  })

/** What a registration would do; nothing is done. */
export const registerPlanQuery = (input: PlanInput) => queryOptions({
  queryKey: ['register-plan', input],
  retry: false,
  staleTime: 10_000,
  queryFn: async ({ signal }) => (await request(RegisterPlanDocument, { input }, signal)).plan,
})
