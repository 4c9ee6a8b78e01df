import { Button, Group, PasswordInput, Radio, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useMemo, useState, type Dispatch, type FormEvent, type SetStateAction } from 'react'
import type { CreateUserInput } from '@/gql/graphql'
import { useStrings } from '@/i18n/strings'
import { saveText } from '@/lib/download'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { FaultSummary, faultOf } from '@/ui/fault-summary'
import { Icon } from '@/ui/icon'
import { notifyDone } from '@/ui/notify'
import { emptyGrant, grantOf, type GrantForm } from '@/grant/grant-form'
import { grantInputs, MoreFields, PlaceFields } from '@/grant/grant-fields'
import { CreateHints } from './create-hints'
import { CreateUserDocument, IssueCardDocument } from './queries'
import { strings } from './strings'

const inputs = ['firstName', 'lastName', 'email', 'username', 'password', ...grantInputs]
const secrets = ['link', 'card', 'password'] as const
type Secret = (typeof secrets)[number]
type Card = { name: string; code: string; codeUrl: string; pin: string; html: string }

/** What was typed, and the last card, which cannot be read again. */
export type CreateForm = {
  firstName: string
  lastName: string
  email: string
  username: string
  password: string
  secret: Secret
  grant: GrantForm
  card: Card | null
}

const nobody = { firstName: '', lastName: '', email: '', username: '', password: '' }

export const emptyCreate: CreateForm = { ...nobody, secret: 'link', grant: emptyGrant, card: null }

type Props = { form: CreateForm; change: Dispatch<SetStateAction<CreateForm>> }

/** Creates one account immediately. It takes a seat now; an invitation would not. */
export function CreateTab({ form, change }: Props) {
  const t = useStrings(strings)
  const { id: workspaceId } = useWorkspace()
  const client = useQueryClient()
  const { grant, secret, card } = form
  const [isRunning, setRunning] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const set = (next: Partial<CreateForm>) => change((previous) => ({ ...previous, ...next }))
  const changeGrant = (next: Partial<GrantForm>) =>
    change((previous) => ({ ...previous, grant: { ...previous.grant, ...next } }))

  const input = useMemo<CreateUserInput>(() => ({
    workspaceId, firstName: form.firstName.trim(), lastName: form.lastName.trim(), grant: grantOf(grant),
    ...(form.email.trim() && { email: form.email.trim() }), ...(form.username.trim() && { username: form.username.trim() }),
    ...(secret === 'password' && { password: form.password }), sendCredentials: secret === 'link',
  }), [workspaceId, form, grant, secret])

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (isRunning) return
    setRunning(true)
    setError(null)
    try {
      const { createUser } = await request(CreateUserDocument, { input })
      const name = `${form.firstName} ${form.lastName}`.trim()
      set({ ...nobody, card: null })
      if (!createUser) return
      const { status, member } = createUser
      notifyDone(t.createStatuses[status](name))
      void client.resetQueries({ queryKey: [status === 'INVITED_INSTEAD' ? 'invitations' : 'members', workspaceId] })
      if (secret === 'card' && status === 'CREATED' && member) set({ card: await issue(member.id, name) })
    } catch (problem) {
      setError(problem)
    } finally {
      setRunning(false)
    }
  }
  return (
    <form className="add" onSubmit={(event) => void submit(event)} noValidate>
      <div className="add-form stack">
        <FaultSummary error={error} inputs={inputs} />
        {card && (
          <section className="panel" role="status">
            <header><h2>{t.cardTitle}</h2></header>
            <div className="pad stack">
              <p>{t.cardText}</p>
              <dl className="facts">
                <dt>{t.cardFor}</dt><dd>{card.name}</dd>
                <dt>{t.cardLink}</dt><dd>{card.codeUrl}</dd><dt>{t.cardCode}</dt><dd className="num">{card.code}</dd>
                <dt>{t.cardPin}</dt><dd className="num">{card.pin}</dd>
              </dl>
              <Button leftSection={<Icon name="download" />} onClick={() => saveText(`${card.name}.html`, 'text/html', card.html)}>
                {t.cardSave}
              </Button>
            </div>
          </section>
        )}
        <div className="pair">
          {(['firstName', 'lastName'] as const).map((field) => (
            <TextInput
              key={field} id={field} label={t[field]} data-autofocus={field === 'firstName' || undefined} autoComplete="off" value={form[field]} error={faultOf(error, field)}
              onChange={(event) => set({ [field]: event.currentTarget.value })}
            />
          ))}
          <TextInput
            id="email" type="email" label={t.email} description={t.emailOptional} autoComplete="off" value={form.email}
            error={faultOf(error, 'email')} onChange={(event) => set({ email: event.currentTarget.value })}
          />
          <TextInput
            id="username" label={t.username} description={t.usernameHint} autoComplete="off" autoCapitalize="none"
            value={form.username} error={faultOf(error, 'username')} onChange={(event) => set({ username: event.currentTarget.value })}
          />
        </div>
        <CreateHints input={input} correct={(email) => set({ email })} />
        <Radio.Group label={t.secret} value={secret} onChange={(value) => set({ secret: value as Secret })}>
          <div className="choices">{secrets.map((value) => <Radio key={value} value={value} label={t.secrets[value]} />)}</div>
        </Radio.Group>
        {secret === 'password' && (
          <PasswordInput
            id="password" label={t.password} description={t.passwordHint} autoComplete="new-password" value={form.password}
            visibilityToggleButtonProps={{ 'aria-label': t.showPassword }} error={faultOf(error, 'password')}
            onChange={(event) => set({ password: event.currentTarget.value })}
          />
        )}
        <PlaceFields form={grant} change={changeGrant} error={error} />
        <details><summary>{t.more}</summary><MoreFields form={grant} change={changeGrant} error={error} /></details>
      </div>
      <Group className="add-foot" justify="space-between">
        <span className="say meta"><Icon name="info-circle" />{t.billed}</span>
        <Button variant="filled" type="submit" aria-busy={isRunning}>{isRunning ? t.creating : t.create}</Button>
      </Group>
    </form>
  )
}

async function issue(memberId: string, name: string): Promise<Card | null> {
  const { issueCard } = await request(IssueCardDocument, { input: { memberId } })
  return issueCard && { name, ...issueCard.card }
}
