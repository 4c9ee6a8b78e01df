import { Button, Group, Radio, Textarea } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState, type Dispatch, type FormEvent, type SetStateAction } from 'react'
import type { CreateImportInput, ImportAction, ImportExisting, SpreadsheetFormat } from '@/gql/graphql'
import { useLanguage, useStrings } from '@/i18n/strings'
import { openDownload } from '@/lib/download'
import { ApiError } from '@/lib/faults'
import { isAllowed } from '@/lib/permissions'
import { request } from '@/lib/request'
import { withFile } from '@/lib/upload'
import { useWorkspace } from '@/session/workspace'
import { FaultSummary, faultOf } from '@/ui/fault-summary'
import { Icon } from '@/ui/icon'
import { notifyFailure } from '@/ui/notify'
import { FileField } from './file-field'
import { emptyGrant, grantOf, type GrantForm } from '@/grant/grant-form'
import { grantInputs, MoreFields, PlaceFields } from '@/grant/grant-fields'
import { CreateImportDocument, TemplateDocument } from './queries'
import { strings } from './strings'

const inputs = ['file', 'text', ...grantInputs]

/** What was chosen for an import. */
export type ImportForm = {
  file: File | null
  text: string
  action: ImportAction
  existing: ImportExisting
  grant: GrantForm
}

export const emptyImport: ImportForm = { file: null, text: '', action: 'INVITE', existing: 'SKIP', grant: emptyGrant }

type Props = { form: ImportForm; change: Dispatch<SetStateAction<ImportForm>> }

/** Takes a file or a pasted list and opens its preview. Nothing is imported here. */
export function ImportTab({ form, change }: Props) {
  const t = useStrings(strings)
  const locale = useLanguage()
  const { id: workspaceId, viewerPermissions } = useWorkspace()
  const client = useQueryClient()
  const navigate = useNavigate()
  const { file, text, action, existing, grant } = form
  const [isRunning, setRunning] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const set = (next: Partial<ImportForm>) => change((previous) => ({ ...previous, ...next }))
  const changeGrant = (next: Partial<GrantForm>) =>
    change((previous) => ({ ...previous, grant: { ...previous.grant, ...next } }))

  const send = async () => {
    const rest = { workspaceId, action, existing, grant: grantOf(grant) }
    if (!file && !text.trim()) {
      throw new ApiError('BAD_USER_INPUT', t.noList, { violations: [{ field: 'file', message: t.noList }] })
    }
    const input: CreateImportInput = file ? { ...rest, file: null } : { ...rest, text }
    const answer = await request(CreateImportDocument, { input }, undefined, file ? withFile(file, 'input.file') : undefined)
    const made = answer.createImport?.import
    if (!made) return
    change(emptyImport)
    void client.invalidateQueries({ queryKey: ['imports', workspaceId] })
    await navigate({ to: '/imports/$importId', params: { importId: made.id } })
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (isRunning) return
    setRunning(true)
    setError(null)
    try {
      await send()
    } catch (problem) {
      setError(problem)
    } finally {
      setRunning(false)
    }
  }
  const downloadTemplate = async (format: SpreadsheetFormat) => {
    const { workspace } = await request(TemplateDocument, { workspace: workspaceId, format, locale })
    if (workspace) openDownload(workspace.importTemplateUrl)
  }
  const actions = ([['INVITE', 'MEMBERS_INVITE'], ['CREATE', 'MEMBERS_CREATE']] as const)
    .filter(([, permission]) => isAllowed(viewerPermissions, [permission]))

  return (
    <form className="add" onSubmit={(event) => void submit(event)} noValidate>
      <div className="add-form stack">
        <FaultSummary error={error} inputs={inputs} />
        <FileField file={file} change={(next) => set({ file: next })} error={faultOf(error, 'file')} />
        {!file && (
          <Textarea
            id="text" label={t.pasteList} description={t.pasteListHint} autosize minRows={4} maxRows={12} spellCheck={false}
            value={text} error={faultOf(error, 'text')} onChange={(event) => set({ text: event.currentTarget.value })}
          />
        )}
        <Group gap="xs" className="meta">
          {t.template}
          {(['CSV', 'XLSX'] as const).map((format) => (
            <Button
              key={format} variant="subtle" size="compact-sm" leftSection={<Icon name="download" />}
              onClick={() => void downloadTemplate(format).catch(notifyFailure)}
            >
              {t.formats[format]}
            </Button>
          ))}
        </Group>
        <div className="pair">
          <Radio.Group label={t.newPeople} value={action} onChange={(value) => set({ action: value as ImportAction })}>
            <div className="choices">
              {actions.map(([value]) => <Radio key={value} value={value} label={t.actions[value]} />)}
            </div>
          </Radio.Group>
          <Radio.Group label={t.existingPeople} value={existing} onChange={(value) => set({ existing: value as ImportExisting })}>
            <div className="choices">
              {(['SKIP', 'FILL_EMPTY', 'UPDATE'] as const).map((value) => (
                <Radio key={value} value={value} label={t.existings[value]} />
              ))}
            </div>
          </Radio.Group>
        </div>
        <details>
          <summary>{t.everybodyGets}</summary>
          <div className="stack">
            <PlaceFields form={grant} change={changeGrant} error={error} />
            <MoreFields form={grant} change={changeGrant} error={error} />
          </div>
        </details>
      </div>
      <Group className="add-foot" justify="space-between">
        <span className="say meta"><Icon name="info-circle" />{t.previewFirst}</span>
        <Button variant="filled" type="submit" aria-busy={isRunning}>{isRunning ? t.uploading : t.preview}</Button>
      </Group>
    </form>
  )
}
