import { Button, Checkbox, Group, Textarea, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState, type Dispatch, type FormEvent, type SetStateAction } from 'react'
import { emptyGrant, grantOf, type GrantForm } from '@/grant/grant-form'
import { grantInputs, PlaceFields } from '@/grant/grant-fields'
import { useLanguage, useStrings } from '@/i18n/strings'
import { keepJoinWarnings } from '@/lib/join-warnings'
import { request } from '@/lib/request'
import { whitelistOf } from '@/lib/whitelist'
import { useWorkspace } from '@/session/workspace'
import { FaultSummary, faultOf } from '@/ui/fault-summary'
import { joinSentence } from '@/ui/join-sentence'
import { JoinSwitch } from '@/ui/join-switch'
import { notifyDone, notifyFailure } from '@/ui/notify'
import { ShareLink } from '@/ui/share-link'
import { CreateJoinLinkDocument, firstJoinLinksQuery, SwitchJoinLinkDocument } from './queries'
import { strings } from './strings'

const inputs = ['title', 'whitelist', ...grantInputs]

/** What was typed for a new join page. */
export type JoinPageForm = { title: string; whitelist: string; requiresApproval: boolean; grant: GrantForm }

export const emptyJoinPage: JoinPageForm = { title: '', whitelist: '', requiresApproval: false, grant: emptyGrant }

type Props = { form: JoinPageForm; change: Dispatch<SetStateAction<JoinPageForm>> }

/** The join pages with their links, and a new one. */
export function JoinTab({ form, change }: Props) {
  const t = useStrings(strings)
  const { id: workspaceId } = useWorkspace()
  const client = useQueryClient()
  const navigate = useNavigate()
  const [isRunning, setRunning] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const set = (next: Partial<JoinPageForm>) => change((previous) => ({ ...previous, ...next }))
  const changeGrant = (next: Partial<GrantForm>) =>
    change((previous) => ({ ...previous, grant: { ...previous.grant, ...next } }))

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (isRunning) return
    setRunning(true)
    setError(null)
    try {
      const { createJoinLink } = await request(CreateJoinLinkDocument, {
        input: {
          workspaceId, grant: grantOf(form.grant), whitelist: whitelistOf(form.whitelist),
          requiresApproval: form.requiresApproval, ...(form.title.trim() && { title: form.title.trim() }),
        },
      })
      if (!createJoinLink) return
      keepJoinWarnings(client, createJoinLink.joinLink.id, createJoinLink.warnings)
      change(emptyJoinPage)
      for (const key of ['join-links', 'first-join-links']) void client.invalidateQueries({ queryKey: [key, workspaceId] })
      notifyDone(t.pageMade)
      await navigate({ to: '/join-pages/$linkId', params: { linkId: createJoinLink.joinLink.id } })
    } catch (problem) {
      setError(problem)
    } finally {
      setRunning(false)
    }
  }
  return (
    <form className="add" onSubmit={(event) => void submit(event)} noValidate>
      <div className="add-form stack">
        <ExistingPages />
        <h2>{t.newPage}</h2>
        <FaultSummary error={error} inputs={inputs} />
        <TextInput
          id="title" label={t.pageTitle} description={t.pageTitleHint} maxLength={200} value={form.title}
          error={faultOf(error, 'title')} onChange={(event) => set({ title: event.currentTarget.value })}
        />
        <Textarea
          id="whitelist" label={t.whitelist} description={t.whitelistHint} autosize minRows={2} maxRows={8} spellCheck={false}
          value={form.whitelist} error={faultOf(error, 'whitelist')} onChange={(event) => set({ whitelist: event.currentTarget.value })}
        />
        <Checkbox
          label={t.approval} description={t.approvalText} checked={form.requiresApproval}
          onChange={(event) => set({ requiresApproval: event.currentTarget.checked })}
        />
        <PlaceFields form={form.grant} change={changeGrant} error={error} />
      </div>
      <Group className="add-foot" justify="space-between">
        <Link to="/join-pages">{t.allPages}</Link>
        <Button variant="filled" type="submit" aria-busy={isRunning}>{isRunning ? t.creating : t.makePage}</Button>
      </Group>
    </form>
  )
}

/** The newest pages: what each lets people do, and its link. */
function ExistingPages() {
  const t = useStrings(strings)
  const language = useLanguage()
  const { id: workspace } = useWorkspace()
  const client = useQueryClient()
  const { data } = useQuery(firstJoinLinksQuery(workspace))
  const turn = async (joinLinkId: string, enabled: boolean) => {
    await request(SwitchJoinLinkDocument, { input: { joinLinkId, enabled } })
    for (const key of ['join-links', 'first-join-links']) await client.invalidateQueries({ queryKey: [key, workspace] })
    void client.invalidateQueries({ queryKey: ['join-link', joinLinkId] })
  }
  if (!data || data.links.length === 0) return null
  return (
    <ul className="stack">
      {data.links.map((link) => {
        const name = link.title ?? link.slug
        return (
          <li key={link.id} className="panel">
            <header>
              <h2><Link to="/join-pages/$linkId" params={{ linkId: link.id }}>{name}</Link></h2>
            </header>
            <div className="pad stack">
              <JoinSwitch
                isOn={link.enabled} word={link.enabled ? t.openWord : t.closedWord} sentence={joinSentence(link, language)}
                isDisabled={!link.viewerCan.includes('JOIN_LINKS_MANAGE')}
                change={(isOn) => void turn(link.id, isOn).catch(notifyFailure)}
              />
              {link.enabled && <ShareLink url={link.url} name={name} />}
            </div>
          </li>
        )
      })}
    </ul>
  )
}
