/** Runs an act on several people, and what the lists and the notices know of it. */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { MemberFilter } from '@/gql/graphql'
import { useStrings } from '@/i18n/strings'
import { inChunks, runBulk, whileMore, type BulkResult } from '@/lib/bulk'
import { ApiError } from '@/lib/faults'
import { patchRows, removeRows } from '@/lib/pages'
import { useWorkspace } from '@/session/workspace'
import { notifyDone, notifyFailure } from '@/ui/notify'
import { openSheets } from '../-places/print-cards'
import type { Act } from './bulk-acts'
import { changeOf, sizeOf, undoOf, type Answer, type Choice, type Former } from './bulk-changes'
import { holds, type RoleAtPlace, type WithRoles } from './bulk-roles'
import { strings } from './bulk-strings'
import { membersKey } from './queries'

/** Whom an act concerns: people by their ids, or all those of a filter. */
export type Target = { ids: string[]; former: Former } | { filter: MemberFilter }

/** Runs one act. The result keeps whom it was refused for, and how many it is through with while it runs. */
export function useBulk(act: Act) {
  const t = useStrings(strings)
  const { id: workspaceId } = useWorkspace()
  const patch = usePatches()
  const [progress, setProgress] = useState(0)
  const [failed, setFailed] = useState<BulkResult['failed']>([])

  const undoAll = async (answers: AsyncIterable<Answer>) => {
    const { done, failed: refused, stopped } = await runBulk(followed(answers, (answer) => patch.apply(act, answer)))
    patch.finish()
    const people = new Set(done).size
    if (stopped) notifyFailure(new ApiError('CONFLICT', t.stopped(people, stopped)))
    else if (refused[0]) notifyFailure(new ApiError('CONFLICT', `${t.part(people, refused.length)} ${refused[0].reason}`))
    else notifyDone(t.undone(people))
  }
  const tellDone = (done: string[], invited: ReadonlySet<string>, undo: AsyncIterable<Answer> | null) => {
    const message = invited.size > 0 ? `${t.done(done.length)}. ${t.invited(invited.size)}` : t.done(done.length)
    notifyDone(message, undo ? { label: t.undo, run: () => void undoAll(undo) } : undefined)
  }
  /** Throws an ApiError with what was done and what not. */
  const run = async (target: Target, choice: Choice) => {
    const sheets: string[] = []
    const change = changeOf(act, choice, sheets)
    if (!change) throw new ApiError('BAD_USER_INPUT', act in t.choices ? t.choices[act as keyof typeof t.choices] : '')
    const invited = new Set<string>()
    const answers = 'filter' in target
      ? whileMore((afterId) => change({ matching: { workspaceId, filter: target.filter, afterId } }, false))
      : inChunks(target.ids, sizeOf(act), (memberIds) => change({ memberIds }, true))
    setFailed([])
    const { done, failed: refused, stopped } = await runBulk(followed(answers, (answer) => {
      if ('ids' in target) patch.apply(act, answer)
      if (act === 'give' && choice.role) for (const id of notHolding(answer, choice.role)) invited.add(id)
    }), setProgress)
    setProgress(0)
    await openSheets(sheets)
    if ('ids' in target) patch.finish()
    else patch.reset()
    if (done.length > 0) {
      const former = 'ids' in target ? target.former : null
      tellDone(done, invited, undoOf(act, choice, former, done.filter((id) => !invited.has(id))))
    }
    setFailed(refused)
    if (stopped) throw new ApiError('CONFLICT', t.stopped(done.length, stopped))
    if (refused.length > 0) throw new ApiError('CONFLICT', t.part(done.length, refused.length))
  }
  return { run, progress, failed }
}

/** Hands each answer to receive before it goes on. */
async function* followed(answers: AsyncIterable<Answer>, receive: (answer: Answer) => void): AsyncGenerator<Answer> {
  for await (const answer of answers) {
    receive(answer)
    yield answer
  }
}

/** Those who were not refused and still do not hold the role: they were invited to it. */
function notHolding({ results }: Answer, role: RoleAtPlace): string[] {
  return results.filter(({ error, member }) => !error && member && !holds(member as WithRoles, role)).map(({ id }) => id)
}

/** Brings what the lists hold up to date with the answers. */
function usePatches() {
  const client = useQueryClient()
  const { id: workspace } = useWorkspace()
  const key = membersKey(workspace)
  const finish = () => void client.invalidateQueries({ queryKey: ['member-count', workspace] })
  return {
    apply: (act: Act, { results }: Answer) => {
      const done = results.filter(({ error }) => !error)
      if (act === 'remove') return removeRows(client, key, new Set(done.map(({ id }) => id)))
      patchRows(client, key, new Map(done.flatMap(({ id, member }) => member ? [[id, member] as const] : [])))
      return undefined
    },
    finish,
    /** Reads the list again: the rows of a change by filter are not known. */
    reset: () => {
      finish()
      void client.resetQueries({ queryKey: key })
    },
  }
}
