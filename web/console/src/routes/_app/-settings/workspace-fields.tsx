import { Checkbox, Select, Textarea, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { languageNames, languages } from '@/i18n/language'
import { useStrings } from '@/i18n/strings'
import type { WorkspaceForm } from './workspace-form'
import { strings } from './workspace-strings'

type TextKey = Exclude<keyof WorkspaceForm, 'requireGroup' | 'consentRequired'>

export type FieldProps = {
  form: WorkspaceForm
  set: (next: Partial<WorkspaceForm>) => void
  /** What is wrong with a field. */
  faultAt: (field: keyof WorkspaceForm) => string | undefined
}

/** The fields that belong together, with a sentence what they are for. */
function Part({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <fieldset className="settings-part stack">
      <legend>{title}</legend>
      <p className="meta">{text}</p>
      {children}
    </fieldset>
  )
}

/** One line of text; its id is the path of the field, so that faults lead to it. */
function Line({ field, label, hint, isNumber, form, set, faultAt }: FieldProps & {
  field: TextKey
  label: string
  hint?: string
  isNumber?: boolean
}) {
  return (
    <TextInput
      id={field} label={label} description={hint} value={form[field]} error={faultAt(field)} autoComplete="off" spellCheck={false}
      inputMode={isNumber ? 'numeric' : undefined} onChange={(event) => set({ [field]: event.currentTarget.value })}
    />
  )
}

/** Name, colour, logo and contact. */
export function BrandFields(props: FieldProps) {
  const t = useStrings(strings)
  const { form, set } = props
  const color = /^#[0-9a-f]{6}$/i.test(form.color.trim()) ? form.color.trim() : '#0f766e'
  return (
    <Part title={t.brand} text={t.brandText}>
      <Line {...props} field="name" label={t.name} />
      <div className="color-field">
        <Line {...props} field="color" label={t.color} hint={t.colorHint} />
        <input type="color" aria-label={t.colorPick} value={color} onChange={(event) => set({ color: event.currentTarget.value })} />
      </div>
      <Line {...props} field="logoUrl" label={t.logoUrl} hint={t.logoHint} />
      <Line {...props} field="supportContact" label={t.supportContact} hint={t.supportHint} />
    </Part>
  )
}

/** Language and time zone. */
export function PlaceFields({ form, set, faultAt }: FieldProps) {
  const t = useStrings(strings)
  // A zone that the browser does not list, such as an older name, stays as it is.
  const zones = [...new Set([form.timeZone, 'UTC', ...Intl.supportedValuesOf('timeZone')])]
  return (
    <Part title={t.place} text={t.placeText}>
      <div className="pair level">
        <Select
          id="defaultLocale" label={t.defaultLocale} allowDeselect={false} error={faultAt('defaultLocale')}
          data={languages.map((value) => ({ value, label: languageNames[value] }))}
          value={form.defaultLocale} onChange={(value) => value && set({ defaultLocale: value })}
        />
        <Select
          id="timeZone" label={t.timeZone} description={t.timeZoneHint} allowDeselect={false} searchable limit={60}
          nothingFoundMessage={t.noZone} error={faultAt('timeZone')} data={zones}
          value={form.timeZone} onChange={(value) => value && set({ timeZone: value })}
        />
      </div>
    </Part>
  )
}

/** Where people go once they are in. */
export function LandingFields(props: FieldProps) {
  const t = useStrings(strings)
  const { form, set, faultAt } = props
  return (
    <Part title={t.landing} text={t.landingText}>
      <Line {...props} field="homeUrl" label={t.homeUrl} hint={t.homeHint} />
      <Textarea
        id="allowedRedirectUrls" label={t.allowedRedirectUrls} description={t.allowedHint} autosize minRows={2} maxRows={10}
        spellCheck={false} value={form.allowedRedirectUrls} error={faultAt('allowedRedirectUrls')}
        onChange={(event) => set({ allowedRedirectUrls: event.currentTarget.value })}
      />
    </Part>
  )
}

/** Lifetimes, reminders and what every invitation must have. */
export function InvitationFields(props: FieldProps) {
  const t = useStrings(strings)
  const { form, set } = props
  return (
    <>
      <Part title={t.invitations} text={t.invitationsText}>
        <div className="pair level">
          <Line {...props} isNumber field="invitationDays" label={t.invitationDays} hint={t.neverHint} />
          <Line {...props} field="remindDaysBeforeExpiry" label={t.remindDaysBeforeExpiry} />
        </div>
        <div className="pair level">
          <Line {...props} field="remindDaysAfterSending" label={t.remindDaysAfterSending} />
          <Line {...props} field="sessionReminderDaysBefore" label={t.sessionReminderDaysBefore} />
        </div>
        <Checkbox
          id="requireGroup" label={t.requireGroup} description={t.requireGroupText} checked={form.requireGroup}
          onChange={(event) => set({ requireGroup: event.currentTarget.checked })}
        />
      </Part>
      <Part title={t.privacy} text={t.privacyText}>
        <Line {...props} isNumber field="eraseUnacceptedAfterDays" label={t.eraseUnacceptedAfterDays} hint={t.neverHint} />
      </Part>
    </>
  )
}

/** What people can read about their data and their rights. */
export function DocumentFields(props: FieldProps) {
  const t = useStrings(strings)
  return (
    <Part title={t.documents} text={t.documentsText}>
      <Line {...props} field="privacyUrl" label={t.privacyUrl} hint={t.documentHint} />
      <Line {...props} field="termsUrl" label={t.termsUrl} />
      <Checkbox
        id="consentRequired" label={t.consentRequired} description={t.consentText} checked={props.form.consentRequired}
        error={props.faultAt('consentRequired')} onChange={(event) => props.set({ consentRequired: event.currentTarget.checked })}
      />
      <Line {...props} field="consentVersion" label={t.consentVersion} hint={t.consentHint} />
    </Part>
  )
}

/** Pages of a front end of their own, which few workspaces have. */
export function FrontendFields(props: FieldProps) {
  const t = useStrings(strings)
  return (
    <Part title={t.frontend} text={t.frontendText}>
      <Line {...props} field="invitationLinkTemplate" label={t.invitationLinkTemplate} hint={t.templateHint} />
      <Line {...props} field="joinLinkTemplate" label={t.joinLinkTemplate} />
    </Part>
  )
}
