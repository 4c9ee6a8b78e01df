import type { ReactNode } from 'react'

/** A tree and the details of what is chosen in it. On a phone each is a page of its own. */
export function Split({ label, aside, hasDetails, children }: {
  label: string
  aside: ReactNode
  /** Whether something is chosen: a phone shows its details then, else the tree. */
  hasDetails: boolean
  children: ReactNode
}) {
  return (
    <div className="split">
      <aside aria-label={label} className={hasDetails ? 'wide' : undefined}>{aside}</aside>
      <section className={hasDetails ? undefined : 'wide'}>{children}</section>
    </div>
  )
}
