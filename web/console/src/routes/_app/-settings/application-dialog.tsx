import { Button, Group, Radio, Select, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import type { IdTokenAlgorithm } from '@/gql/graphql'
import { useStrings } from '@/i18n/strings'
import { ApiError, type Violation } from '@/lib/faults'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { FaultSummary, faultOf } from '@/ui/fault-summary'
import { Modal } from '@/ui/modal'
import { strings as common } from '@/ui/strings'
import { applicationsKey, CreateApplicationDocument, UpdateApplicationDocument, type ApplicationRow } from './application-queries'
import { strings } from './application-strings'
import { linesOf } from './lines'

const inputs = ['name', 'confidential', 'redirectUris', 'postLogoutRedirectUris', 'initiateLoginUri', 'idTokenAlgorithm']
const algorithms = ['RS256', 'EDDSA'] as const satisfies readonly IdTokenAlgorithm[]

/** What a saved application is called, its id, and the secret of a new one that has one. */
export type SavedApplication = { id: string; name: string; secret: string | null; isNew: boolean }

/** Registers an application, or changes one. */
export function ApplicationDialog({ application, done, close }: {
  application: ApplicationRow | null
  done: (saved: SavedApplication) => void
  close: () => void
}) {
  const t = useStrings(strings)
  const c = useStrings(common)
  const client = useQueryClient()
  const { id: workspaceId } = useWorkspace()
  const [form, setForm] = useState({
    name: application?.name ?? '',
    isConfidential: application?.confidential ?? true,
    redirectUris: application?.redirectUris.join('\n') ?? '',
    postLogoutRedirectUris: application?.postLogoutRedirectUris.join('\n') ?? '',
    initiateLoginUri: application?.initiateLoginUri ?? '',
    idTokenAlgorithm: application?.idTokenAlgorithm ?? 'RS256' as IdTokenAlgorithm,
  })
  const set = (next: Partial<typeof form>) => setForm((previous) => ({ ...previous, ...next }))
  const missing = (): Violation[] => [
    ...(form.name.trim() ? [] : [{ field: 'name', message: t.nameMissing }]),
    ...(linesOf(form.redirectUris).length > 0 ? [] : [{ field: 'redirectUris', message: t.redirectMissing }]),
  ]
  const save = useMutation({
    meta: { silent: true },
    mutationFn: async (): Promise<SavedApplication | null> => {
      const violations = missing()
      if (violations.length > 0) throw new ApiError('BAD_USER_INPUT', '', { violations })
      const input = {
        name: form.name.trim(), redirectUris: linesOf(form.redirectUris),
        postLogoutRedirectUris: linesOf(form.postLogoutRedirectUris), initiateLoginUri: form.initiateLoginUri.trim() || null,
        idTokenAlgorithm: form.idTokenAlgorithm,
      }
      if (application) {
        const { updateApplication } = await request(UpdateApplicationDocument, { input: { applicationId: application.id, ...input } })
        return updateApplication && { ...updateApplication.application, secret: null, isNew: false }
      }
      const { createApplication } = await request(CreateApplicationDocument, {
        input: { workspaceId, confidential: form.isConfidential, ...input },
      })
      return createApplication && { ...createApplication.application, secret: createApplication.clientSecret ?? null, isNew: true }
    },
    onSuccess: (saved) => {
      // The list is by name, so that a patched row could stand in the wrong place.
      void client.invalidateQueries({ queryKey: applicationsKey(workspaceId) })
      close()
      if (saved) done(saved)
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!save.isPending) save.mutate()
  }
  return (
    <Modal
      opened size="lg" onClose={close} title={application ? t.editTitle(application.name) : t.create}
      closeButtonProps={{ 'aria-label': c.close }}
    >
      <form className="stack" noValidate onSubmit={submit}>
        <FaultSummary error={save.error} inputs={inputs} />
        <TextInput
          id="name" label={t.name} description={t.nameHint} data-autofocus maxLength={200} autoComplete="off" value={form.name}
          error={faultOf(save.error, 'name')} onChange={(event) => set({ name: event.currentTarget.value })}
        />
        {!application && (
          <Radio.Group
            label={t.kindLabel} description={t.kindHint} value={form.isConfidential ? 'server' : 'browser'}
            onChange={(value) => set({ isConfidential: value === 'server' })}
          >
            <div className="choices">
              <Radio value="server" label={t.serverText} />
              <Radio value="browser" label={t.browserText} />
            </div>
          </Radio.Group>
        )}
        <Textarea
          id="redirectUris" label={t.redirectUris} description={t.redirectHint} autosize minRows={2} maxRows={8} spellCheck={false}
          value={form.redirectUris} error={faultOf(save.error, 'redirectUris')}
          onChange={(event) => set({ redirectUris: event.currentTarget.value })}
        />
        <Textarea
          id="postLogoutRedirectUris" label={t.postLogoutRedirectUris} description={t.logoutHint} autosize minRows={2} maxRows={8}
          spellCheck={false} value={form.postLogoutRedirectUris} error={faultOf(save.error, 'postLogoutRedirectUris')}
          onChange={(event) => set({ postLogoutRedirectUris: event.currentTarget.value })}
        />
        <TextInput
          id="initiateLoginUri" label={t.initiateLoginUri} description={t.initiateHint} autoComplete="off" spellCheck={false}
          value={form.initiateLoginUri} error={faultOf(save.error, 'initiateLoginUri')}
          onChange={(event) => set({ initiateLoginUri: event.currentTarget.value })}
        />
        <details>
          <summary>{t.moreFields}</summary>
          <Select
            id="idTokenAlgorithm" label={t.algorithm} allowDeselect={false} value={form.idTokenAlgorithm}
            data={algorithms.map((value) => ({ value, label: t.algorithms[value] }))}
            error={faultOf(save.error, 'idTokenAlgorithm')}
            onChange={(value) => set({ idTokenAlgorithm: algorithms.find((known) => known === value) ?? 'RS256' })}
          />
        </details>
        <Group justify="flex-end">
          <Button onClick={close}>{c.cancel}</Button>
          <Button type="submit" variant="filled" aria-busy={save.isPending}>
            {save.isPending ? c.working : application ? t.save : t.create}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
