import { Menu } from '@mantine/core'
import { useNavigate, useRouteContext } from '@tanstack/react-router'
import { useStrings } from '@/i18n/strings'
import { administeredWorkspaces, useWorkspace } from '@/session/workspace'
import { Icon } from '@/ui/icon'
import { strings } from './strings'

/** The workspace in view, and a menu of the others. */
export function WorkspaceSwitcher() {
  const t = useStrings(strings)
  const navigate = useNavigate()
  const workspace = useWorkspace()
  const viewer = useRouteContext({ from: '/_app', select: (context) => context.viewer })
  const workspaces = administeredWorkspaces(viewer)
  const monogram = <span className="mono small" aria-hidden="true">{workspace.name.slice(0, 1).toUpperCase()}</span>
  if (workspaces.length < 2) {
    return <p className="switcher alone">{monogram}<span>{workspace.name}</span></p>
  }
  return (
    <Menu position="bottom-start" width="target">
      <Menu.Target>
        <button className="switcher" type="button" aria-label={`${t.switchWorkspace}: ${workspace.name}`}>
          {monogram}<span>{workspace.name}</span><Icon name="selector" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t.switchWorkspace}</Menu.Label>
        {workspaces.map(({ id, slug, name }) => (
          <Menu.Item
            key={id}
            rightSection={id === workspace.id ? <Icon name="check" /> : null}
            aria-current={id === workspace.id ? 'true' : undefined}
            onClick={() => void navigate({ to: '/', search: { workspace: slug } })}
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
