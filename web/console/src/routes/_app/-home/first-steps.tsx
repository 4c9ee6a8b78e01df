import { Button, CloseButton, Group } from '@mantine/core'
import { Link, type LinkProps } from '@tanstack/react-router'
import { useState } from 'react'
import { useStrings } from '@/i18n/strings'
import { readStored, store } from '@/lib/storage'
import { useWorkspace } from '@/session/workspace'
import { Icon, type IconName } from '@/ui/icon'
import { isWorthShowing, stepsOf, type Counts, type Step, type StepKey } from './checklist'
import { strings } from './strings'

const icons: Record<Step['state'], IconName> = { done: 'circle-check', next: 'arrow-right', later: 'clock' }
const tones: Record<Step['state'], string> = { done: 'st good', next: 'st info', later: 'st off' }

/** Where each step is taken. */
const targets: Record<StepKey, LinkProps> = {
  workspace: { to: '/people' },
  group: { to: '/groups' },
  invite: { to: '.', search: (search) => ({ ...search, dialog: 'invite' }) },
  accept: { to: '/invitations' },
  session: { to: '/programs' },
  join: { to: '/join-pages' },
}

/** What is done, what comes next and why, until all is done or somebody hides it in this browser. */
export function FirstSteps({ counts }: { counts: Counts }) {
  const t = useStrings(strings)
  const { id, viewerPermissions } = useWorkspace()
  const key = `first-steps:${id}`
  const [isHidden, setHidden] = useState(() => readStored(key, false))
  const steps = stepsOf(counts, viewerPermissions)
  if (isHidden || !isWorthShowing(steps)) return null
  const hide = () => {
    store(key, true)
    setHidden(true)
  }
  return (
    <section className="panel about" aria-labelledby="first-steps">
      <header>
        <h2 id="first-steps">{t.setUp}</h2>
        <Group gap="xs">
          <span className="meta num">{t.progress(steps.filter(({ state }) => state === 'done').length, steps.length)}</span>
          <CloseButton icon={<Icon name="x" />} aria-label={t.hide} onClick={hide} />
        </Group>
      </header>
      <ol className="rows">
        {steps.map((step) => (
          <li key={step.key} aria-current={step.state === 'next' ? 'step' : undefined}>
            <div className="say">
              <span className={tones[step.state]}><Icon name={icons[step.state]} /><span className="vh">{t.states[step.state]}</span></span>
              <div>
                <strong>{t.steps[step.key]}</strong>
                {step.state !== 'done' && <p className="meta">{t.stepTexts[step.key]}</p>}
              </div>
            </div>
            {step.state === 'next'
              ? <Button renderRoot={(props) => <Link {...props} {...targets[step.key]} />}>{t.acts[step.key]}</Button>
              : <Link {...targets[step.key]} className="meta">{t.acts[step.key]}</Link>}
          </li>
        ))}
      </ol>
    </section>
  )
}
