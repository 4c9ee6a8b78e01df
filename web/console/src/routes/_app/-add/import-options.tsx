import { Checkbox, Textarea, TextInput } from '@mantine/core'
import { useStrings } from '@/i18n/strings'
import { faultOf } from '@/ui/fault-summary'
import type { ImportForm } from './import-form'
import { importStrings } from './import-strings'
import { strings } from './strings'

/** The inputs of the options that faults may name. */
export const optionInputs = ['message', 'expiresAt', 'neverExpires', 'sendEmail']

type Props = { form: ImportForm; set: (next: Partial<ImportForm>) => void; error: unknown }

/** The invitation emails of an import, and whether any emails are sent. */
export function ImportOptions({ form: { action, message, expiresAt, isWithoutEmail }, set, error }: Props) {
  const t = useStrings(importStrings)
  const common = useStrings(strings)
  const isInviting = action === 'INVITE'
  return (
    <>
      {isInviting && !isWithoutEmail && (
        <Textarea
          id="message" label={common.message} description={t.messageHint} autosize minRows={2} maxLength={2000}
          value={message} error={faultOf(error, 'message')} onChange={(event) => set({ message: event.currentTarget.value })}
        />
      )}
      {isInviting && (
        <TextInput
          id="expiresAt" type="date" label={common.expiresAt} description={common.expiresHint} value={expiresAt}
          error={faultOf(error, 'expiresAt')} onChange={(event) => set({ expiresAt: event.currentTarget.value })}
        />
      )}
      <Checkbox
        id="sendEmail" label={t.noEmail} description={t.noEmailTexts[action]} checked={isWithoutEmail}
        error={faultOf(error, 'sendEmail')} onChange={(event) => set({ isWithoutEmail: event.currentTarget.checked })}
      />
    </>
  )
}
