import { useEffect, type ReactNode } from 'react'
import { useFrame } from './frame-context'

/** A screen: its title in the bar and in the tab, the actions beside it, and the content. */
export function Page({ title, actions, children }: {
  title: string
  actions?: ReactNode
  children: ReactNode
}) {
  const frame = useFrame()
  useEffect(() => {
    document.title = frame.workspaceName ? `${title} – ${frame.workspaceName}` : title
  }, [title, frame.workspaceName])

  return (
    <>
      <header className="bar">
        {frame.menuButton}
        <h1 className="crumb" tabIndex={-1} id="screen-title">{title}</h1>
        {actions}
        {frame.addButton}
      </header>
      {frame.notice}
      <main className="body" id="content">{children}</main>
    </>
  )
}
