/** One act on many objects: the requests that it takes, and what became of each object. */
import { messageOf } from './faults'
import { groupBy } from './group-by'

/** The part of a bulk mutation's payload that tells what became of each object. */
export type BulkAnswer = {
  results: { id: string; error?: { message: string } | null }[]
  nextAfterId?: string | null
}

/** Ids of the changed objects, those that were refused with the reason, and why the rest was not tried. */
export type BulkResult = { done: string[]; failed: { id: string; reason: string }[]; stopped: string | null }

/** Sends one request after the other and reports how many objects are through. A failed request ends it. */
export async function runBulk(
  answers: AsyncIterable<BulkAnswer>, report: (count: number) => void = () => undefined,
): Promise<BulkResult> {
  const result: BulkResult = { done: [], failed: [], stopped: null }
  try {
    for await (const { results } of answers) {
      for (const { id, error } of results) {
        if (error) result.failed.push({ id, reason: error.message })
        else result.done.push(id)
      }
      report(result.done.length + result.failed.length)
    }
  } catch (problem) {
    result.stopped = messageOf(problem)
  }
  return result
}

/** Changes the named objects, so many in one request. */
export async function* inChunks<Answer extends BulkAnswer>(
  ids: readonly string[], size: number, change: (ids: string[]) => Promise<Answer>,
): AsyncGenerator<Answer> {
  for (let start = 0; start < ids.length; start += size) yield await change(ids.slice(start, start + size))
}

/** Changes the objects that a filter selects. The server takes some with each request and says after which one to go on. */
export async function* whileMore<Answer extends BulkAnswer>(
  change: (afterId: string | null) => Promise<Answer>,
): AsyncGenerator<Answer> {
  let afterId: string | null = null
  do {
    const answer: Answer = await change(afterId)
    yield answer
    afterId = answer.nextAfterId ?? null
  } while (afterId)
}

/** Objects that were refused for the same reason. */
export type Refusal = { reason: string; ids: string[] }

/** Puts those together that were refused for the same reason, the most frequent reason first. */
export function byReason(failed: BulkResult['failed']): Refusal[] {
  return [...groupBy(failed, ({ reason }) => reason)]
    .map(([reason, list]) => ({ reason, ids: list.map(({ id }) => id) }))
    .sort((a, b) => b.ids.length - a.ids.length)
}
