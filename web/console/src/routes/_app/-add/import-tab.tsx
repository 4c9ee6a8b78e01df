import { Button, Group, Radio, Textarea } from '@mantine/core'
import type { Dispatch, SetStateAction } from 'react'
import type { ImportAction, ImportExisting, SpreadsheetFormat } from '@/gql/graphql'
import { MoreFields, PlaceFields } from '@/grant/grant-fields'
import type { GrantForm } from '@/grant/grant-form'
import { useLanguage, useStrings } from '@/i18n/strings'
import { openDownload } from '@/lib/download'
import { messageOf } from '@/lib/faults'
import { isAllowed } from '@/lib/permissions'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { FaultSummary, faultOf } from '@/ui/fault-summary'
import { Icon } from '@/ui/icon'
import { notifyFailure } from '@/ui/notify'
import { Loading } from '@/ui/states'
import { FileField } from './file-field'
import type { ImportContent } from './import-content'
import type { ImportForm } from './import-form'
import { ImportOptions, optionInputs } from './import-options'
import { importStrings } from './import-strings'
import { InspectionLine, inspectionLineId } from './inspection-line'
import { fieldOf, hasUnknown } from './mapping'
import { MappingStep } from './mapping-step'
import { TemplateDocument } from './queries'
import { strings } from './strings'
import { listInputs, useImport, useInspection } from './use-import'

type Props = { form: ImportForm; change: Dispatch<SetStateAction<ImportForm>> }

/** Takes a file or a pasted list, asks what its columns hold, and opens its preview. Nothing is imported here. */
export function ImportTab({ form, change }: Props) {
  const t = useStrings(strings)
  const texts = useStrings(importStrings)
  const { isMapping, choices } = form
  const reading = useInspection(form)
  const { submit, setMapping, isRunning, error } = useImport(form, change)
  const { inspection, problem } = reading
  const goBack = () => {
    setMapping(false)
    setTimeout(() => document.getElementById(inspectionLineId)?.focus())
  }
  const isAsking = !isMapping && hasUnknown(inspection?.columns ?? [])
  return (
    <form className="add" onSubmit={submit} noValidate>
      {isMapping ? (
        <div className="add-form stack">
          <FaultSummary error={error} inputs={inspection?.columns.map(({ column }) => fieldOf(column.letter)) ?? []} />
          {inspection && (
            <MappingStep
              inspection={inspection} choices={choices} error={error}
              choose={(letter, name) => change((previous) => ({ ...previous, choices: { ...previous.choices, [letter]: name } }))}
            />
          )}
          {!inspection && (problem ? <p role="alert">{messageOf(problem)}</p> : <Loading />)}
        </div>
      ) : <ListFields form={form} change={change} reading={reading} error={error} choose={() => setMapping(true)} />}
      <Group className="add-foot" justify="space-between">
        {isMapping
          ? <Button leftSection={<Icon name="arrow-left" />} onClick={goBack}>{texts.back}</Button>
          : <span className="say meta"><Icon name="info-circle" />{t.previewFirst}</span>}
        <Button variant="filled" type="submit" aria-busy={isRunning}>
          {isRunning ? t.uploading : isAsking ? texts.next : t.preview}
        </Button>
      </Group>
    </form>
  )
}

type FieldsProps = Props & { reading: ReturnType<typeof useInspection>; error: unknown; choose: () => void }

/** The list, what happens to its people, and what all of them get. */
function ListFields({ form, change, reading, error, choose }: FieldsProps) {
  const t = useStrings(strings)
  const texts = useStrings(importStrings)
  const { viewerPermissions } = useWorkspace()
  const { file, text, action, existing, grant } = form
  const set = (next: Partial<ImportForm>) => change((previous) => ({ ...previous, ...next }))
  // What was chosen for the columns of one list means nothing for another.
  const setContent = (next: Partial<ImportContent>) => set({ ...next, choices: {} })
  const changeGrant = (next: Partial<GrantForm>) =>
    change((previous) => ({ ...previous, grant: { ...previous.grant, ...next } }))
  const actions = ([['INVITE', 'MEMBERS_INVITE'], ['CREATE', 'MEMBERS_CREATE']] as const)
    .filter(([, permission]) => isAllowed(viewerPermissions, [permission]))
  return (
    <div className="add-form stack">
      <FaultSummary error={error} inputs={listInputs} />
      <FileField file={file} change={(next) => setContent({ file: next })} error={faultOf(error ?? reading.problem, 'content.file')} />
      {!file && (
        <Textarea
          id="content.text" label={t.pasteList} description={t.pasteListHint} autosize minRows={4} maxRows={12} spellCheck={false}
          value={text} error={faultOf(error, 'content.text')} onChange={(event) => setContent({ text: event.currentTarget.value })}
        />
      )}
      <InspectionLine inspection={reading.inspection} isReading={reading.isReading} choose={choose} />
      <Templates />
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
      <details open={optionInputs.some((input) => faultOf(error, input))}>
        <summary>{texts.options}</summary>
        <div className="stack"><ImportOptions form={form} set={set} error={error} /></div>
      </details>
      <details>
        <summary>{t.everybodyGets}</summary>
        <div className="stack">
          <PlaceFields form={grant} change={changeGrant} error={error} />
          <MoreFields form={grant} change={changeGrant} error={error} />
        </div>
      </details>
    </div>
  )
}

/** Files to fill in. */
function Templates() {
  const t = useStrings(strings)
  const locale = useLanguage()
  const { id: workspace } = useWorkspace()
  const download = async (format: SpreadsheetFormat) => {
    const answer = await request(TemplateDocument, { workspace, format, locale })
    if (answer.workspace) openDownload(answer.workspace.importTemplateUrl)
  }
  return (
    <Group gap="xs" className="meta">
      {t.template}
      {(['CSV', 'XLSX'] as const).map((format) => (
        <Button
          key={format} variant="subtle" size="compact-sm" leftSection={<Icon name="download" />}
          onClick={() => void download(format).catch(notifyFailure)}
        >
          {t.formats[format]}
        </Button>
      ))}
    </Group>
  )
}
