/** Documents of the page of one person. */
import { queryOptions } from '@tanstack/react-query'
import { graphql } from '@/gql'
import type { ProfileFieldsFragment } from '@/gql/graphql'
import { ApiError } from '@/lib/faults'
import { request } from '@/lib/request'

export const ProfileFieldsDocument = graphql(`
  fragment ProfileFields on Member {
    ...MemberRow
    externalId additionalInfo deleteOnExpiry joinedVia deactivatedAt customFields
    consents { version givenAt }
    user { id emailProven locale }
    roleAssignments {
      id inherited
      role { id key name }
      group { id name } orgUnit { id name } session { id name }
    }
    enrollments {
      id status progress completedAt
      session { id name startsAt endsAt program { id name } }
    }
  }
`)

export type Profile = ProfileFieldsFragment

const ProfileDocument = graphql(`
  query ConsoleProfile($id: ID!) {
    node(id: $id) { ... on Member { ...ProfileFields } }
  }
`)

const HistoryDocument = graphql(`
  query ConsoleMemberHistory($workspace: ID!, $member: ID!) {
    workspace(id: $workspace) {
      auditEvents(first: 50, filter: { subjectId: $member }) {
        edges { node { id at summary actorName through details { name previousValue newValue } } }
      }
    }
  }
`)

export const profileQuery = (id: string) => queryOptions({
  queryKey: ['member', id],
  queryFn: async ({ signal }): Promise<Profile> => {
    const { node } = await request(ProfileDocument, { id }, signal)
    if (!node || !('roleAssignments' in node)) throw new ApiError('NOT_FOUND', '')
    return node as Profile // an object of another kind has none of the fields
  },
})

export const historyQuery = (workspace: string, member: string) => queryOptions({
  queryKey: ['member-history', member],
  queryFn: async ({ signal }) => {
    const answer = await request(HistoryDocument, { workspace, member }, signal)
    return answer.workspace?.auditEvents.edges.map(({ node }) => node) ?? []
  },
})

export const UpdateMemberDocument = graphql(`
  mutation ConsoleUpdateMember($input: UpdateMemberInput!) {
    updateMember(input: $input) { member { ...ProfileFields } }
  }
`)

export const IssueCardDocument = graphql(`
  mutation ConsoleIssueCard($input: IssueCardInput!) {
    issueCard(input: $input) { card { code codeUrl pin expiresAt qrSvg html } }
  }
`)

export const EraseDocument = graphql(`
  mutation ConsoleErase($input: EraseMemberInput!) {
    eraseMember(input: $input) { deletedId }
  }
`)

export const PersonalDataDocument = graphql(`
  query ConsolePersonalData($member: ID!) { personalData(memberId: $member) }
`)
