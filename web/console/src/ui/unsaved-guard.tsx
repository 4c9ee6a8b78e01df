import { Button, Group } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { useStrings } from '@/i18n/strings'
import { Modal } from './modal'
import { strings } from './strings'

/** Asks before changes that are not saved are left: by a link, by the back button, or by closing the tab. */
export function UnsavedGuard({ isDirty }: { isDirty: boolean }) {
  const t = useStrings(strings)
  const blocker = useBlocker({
    // A dialog over the screen is an address of the same screen: nothing is lost.
    shouldBlockFn: ({ current, next }) => isDirty && current.pathname !== next.pathname,
    enableBeforeUnload: isDirty,
    withResolver: true,
  })
  if (blocker.status !== 'blocked') return null
  return (
    <Modal opened onClose={blocker.reset} title={t.leaveTitle} closeButtonProps={{ 'aria-label': t.close }}>
      <div className="stack">
        <p>{t.leaveText}</p>
        <Group justify="flex-end">
          <Button onClick={blocker.reset} data-autofocus>{t.stay}</Button>
          <Button color="bad" onClick={blocker.proceed}>{t.leave}</Button>
        </Group>
      </div>
    </Modal>
  )
}
