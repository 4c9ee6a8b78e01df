import { Button, Group } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { useStrings } from '@/i18n/strings'
import { FaultSummary } from './fault-summary'
import { Modal } from './modal'
import { strings } from './strings'

/**
 * A dialog that says what will happen before it happens. The button names the act and its figure.
 * While run is at work the dialog stays; when it fails it says why.
 */
export function Confirm({ opened, title, action, danger, children, run, close }: {
  opened: boolean
  title: string
  /** What the button says; null when there is nothing to do. */
  action: string | null
  danger?: boolean
  children?: ReactNode
  run: () => Promise<unknown>
  close: () => void
}) {
  const t = useStrings(strings)
  const [isRunning, setRunning] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const finish = () => {
    setError(null)
    close()
  }
  const start = async () => {
    if (isRunning) return
    setRunning(true)
    setError(null)
    try {
      await run()
      finish()
    } catch (problem) {
      setError(problem)
    } finally {
      setRunning(false)
    }
  }

  return (
    <Modal opened={opened} onClose={finish} title={title} closeButtonProps={{ 'aria-label': t.close }}>
      <div className="stack">
        <FaultSummary error={error} inputs={[]} />
        <div>{children}</div>
        <Group justify="flex-end">
          <Button onClick={finish}>{t.cancel}</Button>
          {action !== null && (
            <Button
              variant={danger ? 'default' : 'filled'}
              color={danger ? 'bad' : undefined}
              aria-busy={isRunning}
              onClick={() => void start()}
            >
              {isRunning ? t.working : action}
            </Button>
          )}
        </Group>
      </div>
    </Modal>
  )
}
