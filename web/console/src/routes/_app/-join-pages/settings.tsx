import { Button, Checkbox, Textarea, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useMemo, useState, type FormEvent } from 'react'
import type { GrantForm } from '@/grant/grant-form'
import { grantInputs, MoreFields, PlaceFields } from '@/grant/grant-fields'
import { useStrings } from '@/i18n/strings'
import { keepJoinWarnings } from '@/lib/join-warnings'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { FaultSummary, faultOf } from '@/ui/fault-summary'
import { Icon } from '@/ui/icon'
import { notifyDone } from '@/ui/notify'
import { joinChanges, joinFormOf, type JoinForm } from './join-form'
import { joinLinkQuery, joinLinksKey, UpdateJoinLinkDocument, type JoinLinkDetail } from './queries'
import { SlugField } from './slug-field'
import { strings } from './strings'
import { TryAddress } from './try-address'

const inputs = ['slug', 'title', 'welcomeText', 'whitelist', 'maxJoins', 'expiresAt', ...grantInputs]

/** The settings of a join page. They are saved together. */
export function Settings({ link }: { link: JoinLinkDetail }) {
  const t = useStrings(strings)
  const client = useQueryClient()
  const { id: workspace, timeZone } = useWorkspace()
  const start = useMemo(() => joinFormOf(link, timeZone), [link, timeZone])
  const [edited, setEdited] = useState<Partial<JoinForm>>({})
  const [isRunning, setRunning] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const form = { ...start, ...edited }
  const changes = joinChanges(start, form)
  const count = Object.keys(changes).length
  const set = (next: Partial<JoinForm>) => setEdited((previous) => ({ ...previous, ...next }))
  const changeGrant = (next: Partial<GrantForm>) => set({ grant: { ...form.grant, ...next } })
  const isBadLimit = form.maxJoins.trim() !== '' && !(Number.isInteger(Number(form.maxJoins)) && Number(form.maxJoins) > 0)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (isRunning || count === 0) return
    setError(null)
    if (isBadLimit) return document.getElementById('maxJoins')?.focus()
    setRunning(true)
    try {
      const { updateJoinLink } = await request(UpdateJoinLinkDocument, { input: { joinLinkId: link.id, ...changes } })
      keepJoinWarnings(client, link.id, updateJoinLink?.warnings ?? [])
      await client.invalidateQueries({ queryKey: joinLinkQuery(link.id).queryKey })
      for (const key of [joinLinksKey(workspace), ['first-join-links', workspace], ['explain-join', link.id]]) {
        void client.invalidateQueries({ queryKey: key })
      }
      setEdited({})
      notifyDone(t.saved)
    } catch (problem) {
      setError(problem)
    } finally {
      setRunning(false)
    }
    return undefined
  }
  return (
    <form className="stack" onSubmit={(event) => void submit(event)} noValidate>
      <FaultSummary error={error} inputs={inputs} />
      <TextInput
        id="title" label={t.titleField} description={t.titleHint} maxLength={200} value={form.title}
        error={faultOf(error, 'title')} onChange={(event) => set({ title: event.currentTarget.value })}
      />
      <SlugField url={link.url} saved={link.slug} value={form.slug} change={(slug) => set({ slug })} error={faultOf(error, 'slug')} />
      <div>
        <Textarea
          id="whitelist" label={t.whitelist} description={t.whitelistHint} autosize minRows={2} maxRows={10} spellCheck={false}
          value={form.whitelist} error={faultOf(error, 'whitelist')} onChange={(event) => set({ whitelist: event.currentTarget.value })}
        />
        {link.freeMailEntries.length > 0 && (
          <p className="say wait meta"><Icon name="alert-triangle" />{t.freeMail(link.freeMailEntries.join(', '))}</p>
        )}
      </div>
      <TryAddress link={link.id} />
      <Checkbox
        role="switch" aria-checked={form.requiresApproval} className="join-switch" label={t.approval}
        description={t.approvalText} checked={form.requiresApproval} onChange={(event) => set({ requiresApproval: event.currentTarget.checked })}
      />
      <div className="pair">
        <TextInput
          id="maxJoins" inputMode="numeric" label={t.places} description={t.placesHint} value={form.maxJoins}
          error={isBadLimit ? t.placesForm : faultOf(error, 'maxJoins')}
          onChange={(event) => set({ maxJoins: event.currentTarget.value })}
        />
        <TextInput
          id="expiresAt" type="date" label={t.closesOn} description={t.closesHint} value={form.closesOn}
          error={faultOf(error, 'expiresAt')} onChange={(event) => set({ closesOn: event.currentTarget.value })}
        />
      </div>
      <Textarea
        id="welcomeText" label={t.welcome} description={t.welcomeHint} autosize minRows={3} maxLength={2000} value={form.welcomeText}
        error={faultOf(error, 'welcomeText')} onChange={(event) => set({ welcomeText: event.currentTarget.value })}
      />
      <h2>{t.given}</h2>
      <PlaceFields form={form.grant} change={changeGrant} error={error} />
      <details><summary>{t.more}</summary><MoreFields form={form.grant} change={changeGrant} error={error} /></details>
      {count > 0 && (
        <div className="save-bar">
          <Button variant="filled" type="submit" aria-busy={isRunning}>{t.save}</Button>
          <Button variant="subtle" onClick={() => setEdited({})}>{t.discard}</Button>
          <span className="meta" role="status">{t.unsaved(count)}</span>
        </div>
      )}
    </form>
  )
}
