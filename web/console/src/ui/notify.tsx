/** Messages that come and go. Faults of a field never do: they stand at their field. */
import { notifications } from '@mantine/notifications'
import { currentLanguage } from '@/i18n/language'
import { ApiError, messageOf } from '@/lib/faults'
import { Icon } from './icon'
import { strings } from './strings'
import { Button, Group } from '@mantine/core'

/** Says that something is done; undo only where undo is true. */
export function notifyDone(message: string, undo?: { label: string; run: () => void }): void {
  const t = strings[currentLanguage()]
  const id = notifications.show({
    message: undo ? (
      <Group justify="space-between" wrap="nowrap">
        <span>{message}</span>
        <Button
          variant="subtle"
          onClick={() => {
            notifications.hide(id)
            undo.run()
          }}
        >
          {undo.label}
        </Button>
      </Group>
    ) : message,
    icon: <Icon name="circle-check" />,
    color: 'transparent',
    className: 'note good',
    closeButtonProps: { 'aria-label': t.close },
    autoClose: undo ? 10_000 : 6000,
  })
}

/** Says why something failed. */
export function notifyFailure(problem: unknown): void {
  const t = strings[currentLanguage()]
  const isOffline = problem instanceof ApiError && problem.code === 'OFFLINE'
  notifications.show({
    message: isOffline ? t.offline : messageOf(problem),
    icon: <Icon name="alert-triangle" />,
    color: 'transparent',
    className: 'note bad',
    closeButtonProps: { 'aria-label': t.close },
    autoClose: 12_000,
  })
}
