/** The part of Mantine that shows messages, loaded after the first screen. */
import '@mantine/notifications/styles.css'
import { Button, Group } from '@mantine/core'
import { notifications, Notifications } from '@mantine/notifications'
import type { ReactNode } from 'react'
import { Icon, type IconName } from './icon'

/** A button in a message. A press closes the message first. */
export type NoticeAction = { label: string; run: () => void }

/** Where messages appear. Those that came before it was mounted appear then. */
export function NoticeCorner() {
  return <Notifications position="top-center" />
}

export function showNotice({ message, icon, tone, closeLabel, seconds, action }: {
  message: ReactNode
  icon: IconName
  tone: 'good' | 'bad'
  closeLabel: string
  seconds: number
  action?: NoticeAction
}): void {
  const id = notifications.show({
    message: action ? (
      <Group justify="space-between" wrap="nowrap">
        <span>{message}</span>
        <Button
          variant="subtle"
          onClick={() => {
            notifications.hide(id)
            action.run()
          }}
        >
          {action.label}
        </Button>
      </Group>
    ) : message,
    icon: <Icon name={icon} />,
    color: 'transparent',
    className: `note ${tone}`,
    closeButtonProps: { 'aria-label': closeLabel },
    autoClose: seconds * 1000,
  })
}
