/** Messages that come and go. Faults of a field never do: they stand at their field. */
import { lazy, Suspense } from 'react'
import { currentLanguage } from '@/i18n/language'
import { ApiError, messageOf } from '@/lib/faults'
import type { NoticeAction } from './notices'
import { strings } from './strings'

const load = () => import('./notices')
const Corner = lazy(() => load().then(({ NoticeCorner }) => ({ default: NoticeCorner })))

/** The corner of the screen where messages appear. */
export function Notices() {
  return <Suspense><Corner /></Suspense>
}

/** Says that something is done; undo only where undo is true. */
export function notifyDone(message: string, undo?: NoticeAction): void {
  const closeLabel = strings[currentLanguage()].close
  void load().then(({ showNotice }) => showNotice({
    message, closeLabel, icon: 'circle-check', tone: 'good', seconds: undo ? 10 : 6, action: undo,
  }))
}

/** Says why something failed. */
export function notifyFailure(problem: unknown): void {
  const t = strings[currentLanguage()]
  const isOffline = problem instanceof ApiError && problem.code === 'OFFLINE'
  void load().then(({ showNotice }) => showNotice({
    message: isOffline ? t.offline : messageOf(problem),
    closeLabel: t.close, icon: 'alert-triangle', tone: 'bad', seconds: 12,
  }))
}
