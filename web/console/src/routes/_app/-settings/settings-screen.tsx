import { useQuery } from '@tanstack/react-query'
import { Link, Navigate, Outlet, useRouterState } from '@tanstack/react-router'
import { useStrings } from '@/i18n/strings'
import { rightsQuery } from '@/session/workspace-rights'
import { useWorkspace } from '@/session/workspace'
import { Page } from '@/ui/page'
import { Empty, Failure, Loading } from '@/ui/states'
import { strings } from './strings'
import { allowedTabs, tabs } from './tabs'
import './settings.css'

/** The settings of a workspace: a tab for each kind, and the chosen one below. */
export function SettingsScreen() {
  const t = useStrings(strings)
  const { id } = useWorkspace()
  const { data: rights, error, refetch } = useQuery(rightsQuery(id))
  const path = useRouterState({ select: (state) => state.location.pathname })
  const allowed = allowedTabs(rights ?? [])
  const current = tabs.find(({ to }) => path.replace(/\/$/, '').endsWith(to))
  const isRefused = current ? !allowed.includes(current) : allowed.length === 0
  return (
    <Page title={t.title}>
      {allowed.length > 0 && (
        <nav className="tabs" aria-label={t.views}>
          {allowed.map((tab) => (
            <Link key={tab.key} to={tab.to} aria-current={tab === current ? 'page' : undefined}>{t.tabs[tab.key]}</Link>
          ))}
        </nav>
      )}
      {error ? <Failure error={error} retry={() => void refetch()} /> : null}
      {!rights && !error && <Loading />}
      {rights && (isRefused ? <Empty icon="lock" title={t.forbidden} text={t.forbiddenText} /> : <Outlet />)}
    </Page>
  )
}

/** Leads from the settings to the first tab that the person may use. */
export function FirstTab() {
  const { id } = useWorkspace()
  const { data: rights } = useQuery(rightsQuery(id))
  const first = allowedTabs(rights ?? [])[0]
  return first ? <Navigate to={first.to} replace search /> : null
}
