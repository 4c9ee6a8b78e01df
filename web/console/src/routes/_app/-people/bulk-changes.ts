/** The requests of each act on several people, and those that undo it. */
import type { MemberSelectionInput } from '@/gql/graphql'
import { inChunks, type BulkAnswer } from '@/lib/bulk'
import { ApiError, messageOf } from '@/lib/faults'
import { groupBy } from '@/lib/group-by'
import { request } from '@/lib/request'
import { issueCards } from '../-places/print-cards'
import type { Act } from './bulk-acts'
import {
  AddRoleDocument, DeactivateMembersDocument, ReactivateMembersDocument, RemoveRoleDocument, UpdateMembersDocument,
} from './bulk-queries'
import { onlyHolding, type RoleAtPlace, type WithRoles } from './bulk-roles'
import { AddToGroupDocument, RemoveDocument, type MemberRow } from './queries'

/** What was chosen for an act. Each act reads its own part; null stands for no choice. */
export type Choice = { groupId: string | null; unitId: string | null; role: RoleAtPlace | null; day: string }

export const noChoice: Choice = { groupId: null, unitId: null, role: null, day: '' }

/** The choice of no unit. */
export const noUnit = '-'

/** What an answer tells, with the people as they are now where rows were asked for. */
export type Answer = Omit<BulkAnswer, 'results'> & { results: (BulkAnswer['results'][number] & { member?: object | null })[] }

/** Changes some people. rows asks for them as they are now. */
export type Change = (members: MemberSelectionInput, rows: boolean) => Promise<Answer>

function requireAnswer<Payload>(payload: Payload | null | undefined): Payload {
  if (!payload) throw new ApiError('INTERNAL', 'The answer was empty.')
  return payload
}

const update = (input: { accessExpiresAt?: string | null; orgUnitId?: string | null }): Change => async (members, rows) =>
  requireAnswer((await request(UpdateMembersDocument, { input: { members, ...input }, rows })).updateMembers)

const deactivate: Change = async (members, rows) =>
  requireAnswer((await request(DeactivateMembersDocument, { input: { members }, rows })).deactivateMembers)

const reactivate: Change = async (members, rows) =>
  requireAnswer((await request(ReactivateMembersDocument, { input: { members }, rows })).reactivateMembers)

const give = (role: RoleAtPlace): Change => async (members, rows) =>
  requireAnswer((await request(AddRoleDocument, { input: { members, ...role }, rows })).addRoleToMembers)

const take = (role: RoleAtPlace): Change => async (members, rows) =>
  requireAnswer((await request(RemoveRoleDocument, { input: { members, ...role }, rows })).removeRoleFromMembers)

const idsOf = ({ memberIds }: MemberSelectionInput): string[] => [memberIds ?? []].flat().map(String)

const addToGroup = (groupId: string): Change => async (members) => {
  const ids = idsOf(members)
  const { outcomes } = requireAnswer((await request(AddToGroupDocument, { input: { groupId, memberIds: ids } })).addToGroup)
  return { results: ids.map((id, i) => ({ id, error: outcomes[i]?.error })) } // members first, in the order of their ids
}

// The API removes one member a request.
const remove: Change = async (members) => {
  const [id = ''] = idsOf(members)
  try {
    await request(RemoveDocument, { input: { memberId: id } })
    return { results: [{ id }] }
  } catch (problem) {
    if (problem instanceof ApiError && problem.code === 'OFFLINE') throw problem
    return { results: [{ id, error: { message: messageOf(problem) } }] }
  }
}

/** How an act changes people; null while something is to be chosen. Documents to print are put into sheets. */
export function changeOf(act: Act, { groupId, unitId, role, day }: Choice, sheets: string[]): Change | null {
  switch (act) {
    case 'group': return groupId ? addToGroup(groupId) : null
    case 'give': return role && give(role)
    case 'take': return role && take(role)
    case 'unit': return unitId ? update({ orgUnitId: unitId === noUnit ? null : unitId }) : null
    case 'cards': return (members) => issueCards(members, sheets)
    case 'end': return update({ accessExpiresAt: day || null })
    case 'deactivate': return deactivate
    case 'reactivate': return reactivate
    case 'remove': return remove
  }
}

/**
 * How many people one request changes: few enough for a bar that moves, and for the time that a request may take. Cards
 * of one request are one document.
 */
export const sizeOf = (act: Act): number => act === 'remove' ? 1 : act === 'group' || act === 'cards' ? 500 : 50

/** The people as they were before an act: their rows, and their roles where it changes these. */
export type Former = { rows: ReadonlyMap<string, MemberRow>; people: readonly WithRoles[] }

/**
 * The requests that undo an act for those who were changed; null where nothing can bring the former state back.
 * former is null for people of a filter, whose former values were never read.
 */
export function undoOf(act: Act, { role }: Choice, former: Former | null, done: string[]): AsyncIterable<Answer> | null {
  if (act === 'deactivate') return again(done, reactivate)
  if (act === 'reactivate') return again(done, deactivate)
  if (!former) return null
  const { rows, people } = former
  if (act === 'end') return restored(done, (id) => rows.get(id)?.accessExpiresAt ?? null, (accessExpiresAt) => update({ accessExpiresAt }))
  if (act === 'unit') return restored(done, (id) => rows.get(id)?.orgUnit?.id ?? null, (orgUnitId) => update({ orgUnitId }))
  if (act === 'give' && role) return again(done, take(role))
  if (act === 'take' && role) return givenBack(done, role, new Set(onlyHolding(role, people)))
  return null
}

const again = (ids: string[], change: Change) => inChunks(ids, 50, (memberIds) => change({ memberIds }, true))

/** Gives all people their former value, those with the same value together. */
async function* restored(
  ids: string[], formerOf: (id: string) => string | null, change: (value: string | null) => Change,
): AsyncGenerator<Answer> {
  for (const [value, same] of groupBy(ids, formerOf)) yield* again(same, change(value))
}

/** Gives a role back, and ends the one that the server gave to those who had no other. */
async function* givenBack(ids: string[], role: RoleAtPlace, only: ReadonlySet<string>): AsyncGenerator<Answer> {
  yield* again(ids, give(role))
  const learner = { role: 'learner' }
  if (role.role !== learner.role || role.place) yield* again(ids.filter((id) => only.has(id)), take(learner))
}
