import { ActionIcon, AppShell, Button, Drawer } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { useEffect, useMemo } from 'react'
import { useStrings } from '@/i18n/strings'
import { isAllowed } from '@/lib/permissions'
import { useIsOnline } from '@/session/use-session'
import { useWorkspace } from '@/session/workspace'
import { applyBrand } from '@/theme/theme'
import { FrameContext } from '@/ui/frame-context'
import { Icon } from '@/ui/icon'
import { DialogOutlet } from './dialog-outlet'
import { dialogs } from './dialogs'
import { Sidebar } from './sidebar'
import { strings } from './strings'

/** The frame of all screens: navigation, bar, and the dialog that the address names. */
export function AppFrame() {
  const t = useStrings(strings)
  const workspace = useWorkspace()
  const isOnline = useIsOnline()
  const [isMenuOpen, menu] = useDisclosure(false)
  useEffect(() => applyBrand(workspace.color), [workspace.color])
  useFocusOnNewScreen()

  const mayAdd = dialogs.add && isAllowed(workspace.viewerPermissions, dialogs.add.needs)
  const frame = useMemo(() => ({
    workspaceName: workspace.name,
    menuButton: (
      <ActionIcon className="phone" size={40} aria-label={t.openMenu} onClick={menu.open}>
        <Icon name="menu-2" />
      </ActionIcon>
    ),
    addButton: mayAdd ? (
      <Button
        variant="filled"
        className="add-people"
        leftSection={<Icon name="user-plus" />}
        aria-label={t.addPeople}
        renderRoot={(props) => (
          <Link {...props} to="." search={(search) => ({ ...search, dialog: 'add' })} />
        )}
      >
        <span className="wide">{t.addPeople}</span>
      </Button>
    ) : null,
    notice: isOnline ? null : <p className="offline" role="status"><Icon name="wifi-off" />{t.offline}</p>,
  }), [workspace.name, t, menu.open, mayAdd, isOnline])

  return (
    <FrameContext value={frame}>
      <a className="skip" href="#content">{t.skip}</a>
      <AppShell layout="alt" padding={0} navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: true } }}>
        <AppShell.Navbar className="wide" component="div"><Sidebar /></AppShell.Navbar>
        <Drawer
          opened={isMenuOpen} onClose={menu.close} size={280} padding={0}
          title={workspace.name} closeButtonProps={{ 'aria-label': t.closeMenu }}
        >
          <Sidebar leave={menu.close} />
        </Drawer>
        <AppShell.Main component="div"><Outlet /></AppShell.Main>
      </AppShell>
      <DialogOutlet />
    </FrameContext>
  )
}

/** Moves the focus to the title when another screen opens, as a page load would. */
function useFocusOnNewScreen(): void {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname })
  useEffect(() => {
    if (path && document.activeElement?.closest('nav')) document.getElementById('screen-title')?.focus()
  }, [path])
}
