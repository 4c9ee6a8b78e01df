import { Button, Group, Radio, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { PlacePicker } from '@/grant/place-picker'
import { useStrings } from '@/i18n/strings'
import { ApiError, type Violation } from '@/lib/faults'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { useWorkspaceRights } from '@/session/workspace-rights'
import { FaultSummary, faultOf } from '@/ui/fault-summary'
import { Modal } from '@/ui/modal'
import { notifyDone } from '@/ui/notify'
import { strings as common } from '@/ui/strings'
import { apiKeyFormOf, emptyKey, keyChangesOf, keyInputOf, lacksPlace, type ApiKeyForm } from './api-key-form'
import { apiKeysKey, CreateApiKeyDocument, UpdateApiKeyDocument, type ApiKeyRow } from './api-key-queries'
import { strings } from './api-key-strings'
import { PermissionFields } from './permission-fields'

const inputs = ['name', 'permissions', 'groupIds', 'orgUnitIds', 'sessionIds', 'expiresAt', 'allowedNetworks']

/** Creates an API key, or changes one. show gets the secret of a new one. */
export function ApiKeyDialog({ apiKey, show, close }: {
  apiKey: ApiKeyRow | null
  show: (name: string, secret: string) => void
  close: () => void
}) {
  const t = useStrings(strings)
  const c = useStrings(common)
  const client = useQueryClient()
  const { id: workspaceId, timeZone, viewerPermissions } = useWorkspace()
  const rights = useWorkspaceRights()
  const [start] = useState(() => apiKey ? apiKeyFormOf(apiKey, timeZone) : emptyKey)
  const [form, setForm] = useState<ApiKeyForm>(start)
  const set = (next: Partial<ApiKeyForm>) => setForm((previous) => ({ ...previous, ...next }))
  const missing = (): Violation[] => [
    ...(form.name.trim() ? [] : [{ field: 'name', message: t.nameMissing }]),
    ...(form.permissions.length > 0 ? [] : [{ field: 'permissions', message: t.permissionsMissing }]),
    ...(lacksPlace(form) ? [{ field: 'groupIds', message: t.placesMissing }] : []),
  ]
  const save = useMutation({
    meta: { silent: true },
    mutationFn: async () => {
      const violations = missing()
      if (violations.length > 0) throw new ApiError('BAD_USER_INPUT', '', { violations })
      if (!apiKey) return (await request(CreateApiKeyDocument, { input: { workspaceId, ...keyInputOf(form) } })).createApiKey?.secret
      await request(UpdateApiKeyDocument, { input: { apiKeyId: apiKey.id, ...keyChangesOf(start, form) } })
      return undefined
    },
    onSuccess: (secret) => {
      void client.invalidateQueries({ queryKey: apiKeysKey(workspaceId) })
      close()
      if (secret) show(form.name.trim(), secret)
      else notifyDone(t.saved(form.name.trim()))
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!save.isPending) save.mutate()
  }
  const places = { needs: null }
  return (
    <Modal opened size="lg" onClose={close} title={apiKey ? t.editTitle(apiKey.name) : t.create} closeButtonProps={{ 'aria-label': c.close }}>
      <form className="stack" noValidate onSubmit={submit}>
        <FaultSummary error={save.error} inputs={inputs} />
        <TextInput
          id="name" label={t.name} description={t.nameHint} data-autofocus maxLength={200} autoComplete="off" value={form.name}
          error={faultOf(save.error, 'name')} onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <PermissionFields
          id="permissions" label={t.permissionsLabel} hint={t.permissionsHint}
          offered={form.isWhole ? rights : viewerPermissions} value={form.permissions}
          change={(permissions) => set({ permissions })} error={faultOf(save.error, 'permissions')}
        />
        <Radio.Group label={t.where} value={form.isWhole ? 'whole' : 'places'} onChange={(value) => set({ isWhole: value === 'whole' })}>
          <div className="choices">
            <Radio value="whole" label={t.wholeText} />
            <Radio value="places" label={t.placesText} />
          </div>
        </Radio.Group>
        {!form.isWhole && (
          <>
            <PlacePicker
              {...places} kind="groups" id="groupIds" description={t.groupsHint} value={form.groups}
              change={(groups) => set({ groups })} error={faultOf(save.error, 'groupIds')}
            />
            <PlacePicker
              {...places} kind="units" id="orgUnitIds" description={t.unitsHint} value={form.units}
              change={(units) => set({ units })} error={faultOf(save.error, 'orgUnitIds')}
            />
            <PlacePicker
              {...places} kind="sessions" id="sessionIds" value={form.sessions}
              change={(sessions) => set({ sessions })} error={faultOf(save.error, 'sessionIds')}
            />
          </>
        )}
        <TextInput
          id="expiresAt" type="date" label={t.expiresOn} description={t.expiresHint} value={form.expiresOn}
          error={faultOf(save.error, 'expiresAt')} onChange={(event) => set({ expiresOn: event.currentTarget.value })}
        />
        <Textarea
          id="allowedNetworks" label={t.networksLabel} description={t.networksHint} autosize minRows={2} maxRows={8} spellCheck={false}
          value={form.networks} error={faultOf(save.error, 'allowedNetworks')}
          onChange={(event) => set({ networks: event.currentTarget.value })}
        />
        <Group justify="flex-end">
          <Button onClick={close}>{c.cancel}</Button>
          <Button type="submit" variant="filled" aria-busy={save.isPending}>
            {save.isPending ? c.working : apiKey ? t.save : t.create}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
