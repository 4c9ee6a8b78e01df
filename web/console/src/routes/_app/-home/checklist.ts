/** What a new workspace needs, in the order in which it is best done. */
import type { Permission } from '@/gql/graphql'
import { isAllowed } from '@/lib/permissions'

export type Counts = {
  groups: number
  sessions: number
  /** Invitations of any status. */
  invitations: number
  /** Accepted invitations. */
  accepted: number
  members: number
  /** null for those who may not see them. */
  joinPages: number | null
}

export type StepKey = 'workspace' | 'group' | 'invite' | 'accept' | 'session' | 'join'
export type Step = { key: StepKey; state: 'done' | 'next' | 'later' }

const steps: { key: StepKey; needs: Permission[]; isDone: (counts: Counts) => boolean }[] = [
  { key: 'workspace', needs: [], isDone: () => true },
  { key: 'group', needs: ['GROUPS_MANAGE'], isDone: ({ groups }) => groups > 0 },
  { key: 'invite', needs: ['MEMBERS_INVITE'], isDone: ({ invitations, members }) => invitations > 0 || members > 1 },
  { key: 'accept', needs: ['MEMBERS_INVITE'], isDone: ({ accepted, members }) => accepted > 0 || members > 1 },
  { key: 'session', needs: ['SESSIONS_MANAGE'], isDone: ({ sessions }) => sessions > 0 },
  { key: 'join', needs: ['JOIN_LINKS_MANAGE'], isDone: ({ joinPages }) => (joinPages ?? 0) > 0 },
]

/** The steps that somebody may take. The first one that is not done comes next. */
export function stepsOf(counts: Counts, held: readonly Permission[]): Step[] {
  const allowed = steps.filter(({ needs }) => isAllowed(held, needs))
  const next = allowed.findIndex(({ isDone }) => !isDone(counts))
  return allowed.map(({ key, isDone }, i) => ({ key, state: isDone(counts) ? 'done' : i === next ? 'next' : 'later' }))
}

/** Reports whether the list has something to teach: there are steps besides the first one, and not all are done. */
export function isWorthShowing(list: readonly Step[]): boolean {
  return list.length > 1 && list.some(({ state }) => state !== 'done')
}
