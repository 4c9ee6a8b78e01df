import { Link, useRouter } from '@tanstack/react-router'
import { useLanguage, useStrings } from '@/i18n/strings'
import { useWorkspace } from '@/session/workspace'
import { Icon } from '@/ui/icon'
import { AccountMenu } from './account-menu'
import { navigationOf, type NavigationItem } from './navigation'
import { strings } from './strings'
import { WorkspaceSwitcher } from './workspace-switcher'

/** Workspace, navigation and account. leave is called when a link is followed, to close the drawer. */
export function Sidebar({ leave }: { leave?: () => void }) {
  const t = useStrings(strings)
  const router = useRouter()
  const { viewerPermissions } = useWorkspace()
  const items = navigationOf(Object.values(router.routesById), viewerPermissions)
  const settings = items.filter(({ section }) => section === 'workspace')
  return (
    <nav className="side" aria-label={t.navigation}>
      <WorkspaceSwitcher />
      <div>
        <NavigationList items={items.filter(({ section }) => !section)} leave={leave} />
        {settings.length > 0 && <p>{t.workspaceHeading}</p>}
        {settings.length > 0 && <NavigationList items={settings} leave={leave} />}
      </div>
      <div className="last"><AccountMenu /></div>
    </nav>
  )
}

function NavigationList({ items, leave }: { items: NavigationItem[]; leave?: () => void }) {
  const language = useLanguage()
  return (
    <ul>
      {items.map(({ to, title, icon }) => (
        <li key={to}>
          <Link to={to} activeOptions={{ exact: to === '/', includeSearch: false }} onClick={leave}>
            <Icon name={icon} />{title[language]}
          </Link>
        </li>
      ))}
    </ul>
  )
}
