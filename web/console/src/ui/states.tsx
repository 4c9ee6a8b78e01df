/** What a screen shows when there is nothing, not yet, or no answer. */
import { Button } from '@mantine/core'
import { useEffect, useState, type ReactNode } from 'react'
import { useStrings } from '@/i18n/strings'
import { ApiError, messageOf } from '@/lib/faults'
import { Icon, type IconName } from './icon'
import { strings } from './strings'

/** An empty place: an icon, one sentence, and what to do next. */
export function Empty({ icon, title, text, children }: {
  icon: IconName
  title: string
  text?: string
  children?: ReactNode
}) {
  return (
    <div className="empty">
      <Icon name={icon} size={28} />
      <h2>{title}</h2>
      {text && <p className="meta">{text}</p>}
      {children}
    </div>
  )
}

/** Says that something loads, after 300 ms: a faster answer should not flicker. */
export function Loading() {
  const t = useStrings(strings)
  const [isLate, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 300)
    return () => clearTimeout(timer)
  }, [])
  return <p className="meta pad loading" role="status">{isLate ? t.loading : ''}</p>
}

/** Says why something could not be loaded, and offers another try. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const t = useStrings(strings)
  const fault = error instanceof ApiError ? error : null
  if (fault?.code === 'NOT_FOUND') return <Empty icon="search" title={t.missing} text={t.missingText} />
  if (fault?.code === 'FORBIDDEN') return <Empty icon="lock" title={fault.message || t.forbidden} />
  return (
    <div role="alert">
      <Empty icon="alert-triangle" title={t.failed} text={describe(error, t)}>
        {fault?.requestId && <p className="meta">{t.requestId(fault.requestId)}</p>}
        {retry && <Button onClick={retry}>{t.retry}</Button>}
      </Empty>
    </div>
  )
}

type Texts = { offline: string; wait: (seconds: number) => string }

function describe(error: unknown, t: Texts): string {
  if (!(error instanceof ApiError)) return messageOf(error)
  if (error.code === 'OFFLINE') return t.offline
  if (error.retryAfterSeconds) return `${error.message} ${t.wait(error.retryAfterSeconds)}`
  return error.message
}
