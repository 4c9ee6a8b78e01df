/** What is chosen for an import. */
import type { CreateImportInput, ImportAction, ImportExisting } from '@/gql/graphql'
import { emptyGrant, grantOf, type GrantForm } from '@/grant/grant-form'
import { contentInput, type ImportContent } from './import-content'
import { columnInputs, type Choices } from './mapping'
import type { Inspection } from './queries'

export type ImportForm = ImportContent & {
  action: ImportAction
  existing: ImportExisting
  grant: GrantForm
  message: string
  /** A day, or empty for the usual time of the workspace. */
  expiresAt: string
  isWithoutEmail: boolean
  /** What was chosen for the columns. */
  choices: Choices
  /** Whether the columns are in view. */
  isMapping: boolean
}

export const emptyImport: ImportForm = {
  file: null, text: '', action: 'INVITE', existing: 'SKIP', grant: emptyGrant, message: '', expiresAt: '', isWithoutEmail: false,
  choices: {}, isMapping: false,
}

/** The form as the API takes it. The choices of columns go with it only from the screen that shows all of them. */
export function createInput(workspaceId: string, form: ImportForm, { columns, reading }: Inspection): CreateImportInput {
  const { action, existing, grant, message, expiresAt, isWithoutEmail, choices, isMapping } = form
  const isInviting = action === 'INVITE'
  return {
    workspaceId, content: contentInput(form), action, existing, grant: grantOf(grant),
    ...(isMapping && { columns: columnInputs(columns, choices) }),
    // Otherwise the server would hold each row against the usual order of columns.
    ...(isMapping && !reading.headerRow && { header: 'NONE' as const }),
    ...(isInviting && !isWithoutEmail && message.trim() && { message: message.trim() }),
    ...(isInviting && expiresAt && { expiresAt }),
    ...(isWithoutEmail && { sendEmail: false }),
  }
}
