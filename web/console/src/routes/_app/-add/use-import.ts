import { useDebouncedValue } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useMemo, useState, type Dispatch, type FormEvent, type SetStateAction } from 'react'
import { grantInputs } from '@/grant/grant-fields'
import { useStrings } from '@/i18n/strings'
import { ApiError } from '@/lib/faults'
import { request } from '@/lib/request'
import { useWorkspace } from '@/session/workspace'
import { encodeContent, isEmptyContent, type ImportContent } from './import-content'
import { createInput, emptyImport, type ImportForm } from './import-form'
import { optionInputs } from './import-options'
import { importStrings } from './import-strings'
import { atColumns, fieldOf, hasUnknown, isIdentified, questionsOf } from './mapping'
import { CreateImportDocument, inspectionQuery, inspectionsKey, type Inspection } from './queries'
import { strings } from './strings'

/** The inputs of the first step that faults may name. */
export const listInputs = ['content.file', 'content.text', ...optionInputs, ...grantInputs]

/** How long a pasted list rests before it is read, in milliseconds. */
const pause = 500

/** What a list holds, read soon after it is there. */
export function useInspection({ file, text }: ImportContent) {
  const { id } = useWorkspace()
  const content = useMemo<ImportContent>(() => ({ file, text }), [file, text])
  const [settled] = useDebouncedValue(content, pause)
  const query = useMemo(() => inspectionQuery(id, settled), [id, settled]) // its key takes a while for a long text
  const { data, error, isLoading } = useQuery({ ...query, enabled: !isEmptyContent(settled) })
  const isEmpty = isEmptyContent(content)
  const isReading = !isEmpty && (settled !== content || isLoading)
  const isRead = !isEmpty && !isReading
  return { inspection: isRead ? data : undefined, problem: isRead ? error : null, isReading }
}

/** An error that the form finds by itself, at one of its inputs. */
const faultAt = (field: string, message: string) => new ApiError('BAD_USER_INPUT', message, { violations: [{ field, message }] })

/** Reports whether an error belongs to an input of the first step. */
const isOfList = (error: unknown) => error instanceof ApiError
  && error.violations.some(({ field }) => listInputs.some((input) => field === input || field.startsWith(`${input}.`)))

/** Sends an import: asks what the columns hold if nobody knows, else opens the preview. */
export function useImport(form: ImportForm, change: Dispatch<SetStateAction<ImportForm>>) {
  const t = useStrings(strings)
  const texts = useStrings(importStrings)
  const { id: workspaceId } = useWorkspace()
  const client = useQueryClient()
  const navigate = useNavigate()
  const [isRunning, setRunning] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const { isMapping, choices } = form
  const setMapping = (next: boolean) => {
    setError(null)
    change((previous) => ({ ...previous, isMapping: next }))
  }

  const create = async (inspection: Inspection) => {
    const input = createInput(workspaceId, form, inspection)
    const { createImport } = await request(CreateImportDocument, { input }, undefined, encodeContent(form))
    if (!createImport) return
    change(emptyImport)
    // The next list with this header is read by the choices of this one.
    void client.invalidateQueries({ queryKey: inspectionsKey(workspaceId), refetchType: 'none' })
    void client.invalidateQueries({ queryKey: ['imports', workspaceId] })
    await navigate({ to: '/imports/$importId', params: { importId: createImport.import.id } })
  }
  const send = async () => {
    if (isEmptyContent(form)) throw faultAt('content.file', t.noList)
    const inspection = await client.fetchQuery(inspectionQuery(workspaceId, form))
    const { columns } = inspection
    if (!isMapping && (hasUnknown(columns) || Object.keys(choices).length > 0)) return setMapping(true)
    if (isMapping && !isIdentified(columns, choices)) {
      throw faultAt(fieldOf(questionsOf(columns).asked[0]?.column.letter ?? ''), texts.noIdentity)
    }
    try {
      await create(inspection)
    } catch (problem) {
      if (isMapping && isOfList(problem)) setMapping(false) // where the input is in view
      throw atColumns(problem, columns)
    }
    return undefined
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
  return { submit: (event: FormEvent) => void submit(event), setMapping, isRunning, error }
}
