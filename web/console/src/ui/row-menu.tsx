import { ActionIcon, Menu } from '@mantine/core'
import { useStrings } from '@/i18n/strings'
import { Icon, type IconName } from './icon'
import { strings } from './strings'

/** One entry of a row's menu. */
export type RowAction = { key: string; label: string; icon: IconName; danger?: boolean; run: () => void }

/** The menu of a row, reachable by keyboard. Nothing is shown when there is nothing to do. */
export function RowMenu({ name, actions }: { name: string; actions: RowAction[] }) {
  const t = useStrings(strings)
  if (actions.length === 0) return null
  return (
    <Menu width={224}>
      <Menu.Target>
        <ActionIcon aria-label={t.actionsFor(name)}><Icon name="dots" /></ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {actions.map(({ key, label, icon, danger, run }) => (
          <Menu.Item
            key={key}
            leftSection={<Icon name={icon} />}
            className={danger ? 'danger' : undefined}
            onClick={run}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
