import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { useStrings } from '@/i18n/strings'
import { ApiError } from '@/lib/faults'
import { request } from '@/lib/request'
import { refreshViewer } from '@/lib/session'
import { useWorkspace } from '@/session/workspace'
import { FaultSummary, faultOf } from '@/ui/fault-summary'
import { notifyDone, notifyFailure } from '@/ui/notify'
import { Failure, Loading } from '@/ui/states'
import { strings as common } from '@/ui/strings'
import { UnsavedGuard } from '@/ui/unsaved-guard'
import { BrandPreview } from './brand-preview'
import { BrandFields, DocumentFields, FrontendFields, InvitationFields, LandingFields, PlaceFields } from './workspace-fields'
import { fieldsWithoutNumber, workspaceChanges, workspaceFormOf, type WorkspaceForm } from './workspace-form'
import { settingsQuery, UpdateWorkspaceDocument, type WorkspaceDetail } from './workspace-queries'
import { strings } from './workspace-strings'

/** What a workspace is called, how it looks, and its defaults. */
export function WorkspaceTab() {
  const { id } = useWorkspace()
  const { data, error, refetch } = useQuery(settingsQuery(id))
  if (error) return <Failure error={error} retry={() => void refetch()} />
  if (!data) return <Loading />
  return <WorkspaceSettings key={data.id} workspace={data} />
}

function WorkspaceSettings({ workspace }: { workspace: WorkspaceDetail }) {
  const t = useStrings(strings)
  const c = useStrings(common)
  const client = useQueryClient()
  const [edited, setEdited] = useState<Partial<WorkspaceForm>>({})
  const start = workspaceFormOf(workspace)
  const form = { ...start, ...edited }
  const changes = workspaceChanges(start, form)
  const count = Object.keys(changes).length
  const save = useMutation({
    meta: { silent: true },
    mutationFn: () => {
      const wrong = fieldsWithoutNumber(form)
      if (wrong.length > 0) {
        const violations = wrong.map((field) => ({ field, message: field.endsWith('Days') ? t.numberForm : t.listForm }))
        throw new ApiError('BAD_USER_INPUT', '', { violations })
      }
      return request(UpdateWorkspaceDocument, { input: { workspaceId: workspace.id, ...changes } })
    },
    onSuccess: ({ updateWorkspace }) => {
      if (updateWorkspace) client.setQueryData(settingsQuery(workspace.id).queryKey, updateWorkspace.workspace)
      setEdited({})
      notifyDone(t.saved)
      // The frame shows name and colour too.
      refreshViewer().catch(notifyFailure)
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!save.isPending && count > 0) save.mutate()
  }
  const discard = () => {
    setEdited({})
    save.reset()
  }
  const fields = {
    form,
    set: (next: Partial<WorkspaceForm>) => setEdited((previous) => ({ ...previous, ...next })),
    faultAt: (field: keyof WorkspaceForm) => faultOf(save.error, field),
  }
  return (
    <div className="settings">
      <form className="stack" noValidate onSubmit={submit}>
        <FaultSummary error={save.error} inputs={Object.keys(form)} />
        <BrandFields {...fields} />
        <DocumentFields {...fields} />
        <PlaceFields {...fields} />
        <LandingFields {...fields} />
        <InvitationFields {...fields} />
        <FrontendFields {...fields} />
        {count > 0 && (
          <div className="save-bar">
            <Button variant="filled" type="submit" aria-busy={save.isPending}>{save.isPending ? c.working : t.save}</Button>
            <Button variant="subtle" onClick={discard}>{t.discard}</Button>
            <span className="meta" role="status">{t.unsaved(count)}</span>
          </div>
        )}
        <UnsavedGuard isDirty={count > 0} />
      </form>
      <BrandPreview name={form.name} color={form.color} contact={form.supportContact} hasLogo={form.logoUrl.trim() !== ''} />
    </div>
  )
}
