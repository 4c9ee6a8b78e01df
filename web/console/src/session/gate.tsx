/** Lets signed-in administrators through; everybody else gets a page that says what to do. */
import { Button, Group } from '@mantine/core'
import { useEffect, useState, type ReactNode } from 'react'
import { chooseLanguage, languageNames, languages, suggestLanguage } from '@/i18n/language'
import { useLanguage, useStrings } from '@/i18n/strings'
import { renewAccess, signOut } from '@/lib/session'
import { Modal } from '@/ui/modal'
import { Failure, Loading } from '@/ui/states'
import { SignInForm } from './sign-in-form'
import { strings } from './strings'
import { useSession } from './use-session'
import { administeredWorkspaces } from './workspace'

export function Gate({ children }: { children: ReactNode }) {
  const t = useStrings(strings)
  const session = useSession()
  const [error, setError] = useState<unknown>(null)
  const start = () => {
    setError(null)
    renewAccess().catch(setError)
  }
  useEffect(() => {
    renewAccess().catch(setError)
  }, [])
  const locale = session.status === 'in' ? session.viewer.user.locale : null
  useEffect(() => suggestLanguage(locale), [locale])

  switch (session.status) {
    case 'starting':
      return error ? <Failure error={error} retry={start} /> : <Loading />
    case 'out':
      return <Sheet title={t.title}><SignInForm /></Sheet>
    case 'password':
      return (
        <Sheet title={t.changePassword}>
          <a href={`/change-password?next=${encodeURIComponent(window.location.pathname)}`}>{t.changePassword}</a>
        </Sheet>
      )
    case 'in':
    case 'ended':
      if (administeredWorkspaces(session.viewer).length === 0) return <Nowhere />
      return (
        <>
          {children}
          <Modal
            opened={session.status === 'ended'} title={t.again} onClose={() => undefined}
            withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false}
          >
            <div className="stack">
              <p>{t.againText}</p>
              <SignInForm login={session.viewer.user.email ?? session.viewer.user.username ?? ''} />
            </div>
          </Modal>
        </>
      )
  }
}

function Nowhere() {
  const t = useStrings(strings)
  return (
    <Sheet title={t.nowhere}>
      <div className="stack">
        <p>{t.nowhereText}</p>
        <Group>
          <Button component="a" href="/" variant="filled">{t.home}</Button>
          <Button onClick={() => void signOut()}>{t.signOut}</Button>
        </Group>
      </div>
    </Sheet>
  )
}

/** A page of its own for those who are not in yet, with a choice of the language. */
function Sheet({ title, children }: { title: string; children: ReactNode }) {
  const language = useLanguage()
  useEffect(() => {
    document.title = title
  }, [title])
  return (
    <div className="sheet">
      <main>
        <h1>{title}</h1>
        {children}
        <p className="languages">
          {languages.filter((other) => other !== language).map((other) => (
            <Button key={other} variant="subtle" lang={other} onClick={() => chooseLanguage(other)}>
              {languageNames[other]}
            </Button>
          ))}
        </p>
      </main>
    </div>
  )
}
