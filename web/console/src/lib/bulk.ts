/** One act on many objects, for verbs that the API has for one. */
import { messageOf } from './faults'

/** What became of the objects: those that were changed, and why the others were not. */
export type BulkResult = { done: string[]; failed: { id: string; reason: string }[] }

/** How many requests run at the same time. */
const parallel = 4

/** Does one act for each object and reports after each. A failure leaves the others alone. */
export async function runForEach(
  ids: readonly string[], act: (id: string) => Promise<unknown>, report: (count: number) => void,
): Promise<BulkResult> {
  const result: BulkResult = { done: [], failed: [] }
  const waiting = [...ids]
  const work = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      try {
        await act(id)
        result.done.push(id)
      } catch (problem) {
        result.failed.push({ id, reason: messageOf(problem) })
      }
      report(result.done.length + result.failed.length)
    }
  }
  await Promise.all(Array.from({ length: parallel }, work))
  return result
}
