import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useEffect, useState, type FormEvent } from 'react'
import { useStrings } from '@/i18n/strings'
import { ApiError } from '@/lib/faults'
import { signIn } from '@/lib/session'
import { FaultSummary, faultOf } from '@/ui/fault-summary'
import { strings } from './strings'

/** Asks for login and password; for the workspace only when the server needs it. */
export function SignInForm({ login: known = '' }: { login?: string }) {
  const t = useStrings(strings)
  const [login, setLogin] = useState(known)
  const [password, setPassword] = useState('')
  const [workspace, setWorkspace] = useState<string | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [isRunning, setRunning] = useState(false)

  // Nothing stands before the form, so that typing can begin immediately.
  useEffect(() => { document.getElementById(known ? 'password' : 'login')?.focus() }, [known])

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (isRunning) return
    const missing = [
      ...(login.trim() ? [] : [{ field: 'login', message: t.loginMissing }]),
      ...(password ? [] : [{ field: 'password', message: t.passwordMissing }]),
    ]
    if (missing.length > 0) {
      setError(new ApiError('BAD_USER_INPUT', '', { violations: missing }))
      return
    }
    setRunning(true)
    setError(null)
    try {
      await signIn({ login: login.trim(), password, ...(workspace ? { workspace } : {}) })
    } catch (problem) {
      if (faultOf(problem, 'workspace')) setWorkspace((value) => value ?? '')
      setError(problem)
    } finally {
      setRunning(false)
    }
  }

  return (
    <form className="stack" noValidate onSubmit={(event) => void submit(event)}>
      <FaultSummary error={error} inputs={['login', 'password', 'workspace']} />
      <TextInput
        id="login" label={t.login} autoComplete="username" autoCapitalize="none" spellCheck={false}
        value={login} error={faultOf(error, 'login')}
        onChange={(event) => setLogin(event.currentTarget.value)}
      />
      <PasswordInput
        id="password" label={t.password} autoComplete="current-password"
        visibilityToggleButtonProps={{ 'aria-label': t.showPassword }}
        value={password} error={faultOf(error, 'password')}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      {workspace !== null && (
        <TextInput
          id="workspace" label={t.workspace} description={t.workspaceHint} autoCapitalize="none"
          value={workspace} error={faultOf(error, 'workspace')}
          onChange={(event) => setWorkspace(event.currentTarget.value)}
        />
      )}
      <Button type="submit" variant="filled" fullWidth aria-busy={isRunning}>
        {isRunning ? t.submitting : t.submit}
      </Button>
      <p><a href="/forgot-password">{t.forgot}</a></p>
    </form>
  )
}
