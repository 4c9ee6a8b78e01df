// How smoothly a tab draws while something runs: its frames, and the work of its main thread.
import type { Browser, Page } from '@playwright/test'

// What happens in a tab while an import runs.
export interface Effort {
  frames: number
  seconds: number
  longTasks: number // of 50 ms and more, by the clock: on a busy machine most of that is waiting for a processor
  longestTask: number
  /** How many frames came within so many milliseconds of the one before; the last is for longer ones. */
  intervals: Record<Bucket, number>
}

type Bucket = (typeof buckets)[number]
const buckets = [20, 35, 50, 100, Infinity] as const

// watch counts the frames and the long tasks of a page from now on; the function that it returns tells them.
export async function watch(page: Page): Promise<() => Promise<Effort>> {
  await page.evaluate((limits) => {
    const effort = {
      frames: 0, seconds: 0, longTasks: 0, longestTask: 0, intervals: Object.fromEntries(limits.map((limit) => [limit, 0])),
    }
    const from = performance.now()
    let previous = from
    requestAnimationFrame(function count() {
      const now = performance.now()
      effort.frames++
      effort.seconds = (now - from) / 1000
      effort.intervals[limits.find((limit) => now - previous <= limit) ?? Infinity]++
      previous = now
      requestAnimationFrame(count)
    })
    new PerformanceObserver(list => {
      for (const { duration } of list.getEntries()) {
        effort.longTasks++
        effort.longestTask = Math.max(effort.longestTask, duration)
      }
    }).observe({ type: 'longtask' })
    Object.assign(window, { effort })
  }, [...buckets])
  return () => page.evaluate(() => (window as unknown as { effort: Effort }).effort)
}

// measureWork samples the processor time of a page's main thread, in milliseconds a second. As the page gets a message a second,
// the most that it took in one second is at least what its longest task took. Waiting for a processor does not count.
export async function measureWork(page: Page): Promise<() => Promise<number>> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
  const read = async () => (await cdp.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN
  let before = { worked: await read(), at: Date.now() }
  let most = 0
  const sample = async () => {
    const now = { worked: await read(), at: Date.now() }
    most = Math.max(most, 1000 * (now.worked - before.worked) / Math.max(1, (now.at - before.at) / 1000))
    before = now
  }
  const timer = setInterval(() => void sample(), 1000)
  return async () => {
    clearInterval(timer)
    await sample()
    return most
  }
}

// An empty tab that only draws a number.
export async function openControl(browser: Browser): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await page.evaluate(() => requestAnimationFrame(function draw(now) {
    document.body.textContent = String(now)
    requestAnimationFrame(draw)
  }))
  return page
}

// rateOf is how many frames a tab drew in a second.
export const rateOf = ({ frames, seconds }: Effort) => frames / seconds

// describe tells an effort in words, for the log of the test.
export function describe(effort: Effort): string {
  const shares = Object.entries(effort.intervals).map(([limit, count]) =>
    `${(100 * count / effort.frames).toFixed(1)} % ${limit === 'Infinity' ? 'above 100' : `within ${limit}`} ms`)
  return `${rateOf(effort).toFixed(1)} frames a second in ${effort.seconds.toFixed(1)} s (${shares.join(', ')}), ` +
    `${effort.longTasks} tasks took 50 ms by the clock, the longest ${effort.longestTask.toFixed(0)} ms`
}
