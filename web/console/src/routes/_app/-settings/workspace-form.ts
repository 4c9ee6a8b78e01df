/** The settings of a workspace as a form, and what it changed. */
import type { UpdateWorkspaceInput } from '@/gql/graphql'
import { linesOf } from './lines'
import type { WorkspaceDetail } from './workspace-queries'

/** The fields by their names in the API. Lists and numbers are texts while they are typed. */
export type WorkspaceForm = {
  name: string
  logoUrl: string
  color: string
  supportContact: string
  defaultLocale: string
  timeZone: string
  homeUrl: string
  allowedRedirectUrls: string
  invitationDays: string
  remindDaysBeforeExpiry: string
  remindDaysAfterSending: string
  requireGroup: boolean
  sessionReminderDaysBefore: string
  eraseUnacceptedAfterDays: string
  invitationLinkTemplate: string
  joinLinkTemplate: string
  privacyUrl: string
  termsUrl: string
  consentRequired: boolean
  consentVersion: string
}

export function workspaceFormOf({ settings, ...workspace }: WorkspaceDetail): WorkspaceForm {
  return {
    name: workspace.name,
    logoUrl: workspace.logoUrl ?? '',
    color: workspace.color ?? '',
    supportContact: workspace.supportContact ?? '',
    defaultLocale: workspace.defaultLocale,
    timeZone: workspace.timeZone,
    homeUrl: workspace.homeUrl ?? '',
    allowedRedirectUrls: settings.allowedRedirectUrls.join('\n'),
    invitationDays: String(settings.invitationDays),
    remindDaysBeforeExpiry: settings.remindDaysBeforeExpiry.join(', '),
    remindDaysAfterSending: settings.remindDaysAfterSending.join(', '),
    requireGroup: settings.requireGroup,
    sessionReminderDaysBefore: settings.sessionReminderDaysBefore.join(', '),
    eraseUnacceptedAfterDays: String(settings.eraseUnacceptedAfterDays),
    invitationLinkTemplate: settings.invitationLinkTemplate ?? '',
    joinLinkTemplate: settings.joinLinkTemplate ?? '',
    privacyUrl: settings.privacyUrl ?? '',
    termsUrl: settings.termsUrl ?? '',
    consentRequired: settings.consentRequired,
    consentVersion: settings.consentVersion ?? '',
  }
}

const clearable = [
  'logoUrl', 'color', 'supportContact', 'homeUrl', 'invitationLinkTemplate', 'joinLinkTemplate', 'privacyUrl', 'termsUrl',
  'consentVersion',
] as const
const numbers = ['invitationDays', 'eraseUnacceptedAfterDays'] as const
const lists = ['remindDaysBeforeExpiry', 'remindDaysAfterSending', 'sessionReminderDaysBefore'] as const

/** The numbers of a list such as "7, 1"; null when one of them is no whole number. */
export function daysOf(text: string): number[] | null {
  const days = text.split(/[\s,;]+/).filter(Boolean).map(Number)
  return days.every((day) => Number.isInteger(day)) ? days : null
}

/** The fields that hold no number where one is expected. The server knows the limits. */
export function fieldsWithoutNumber(form: WorkspaceForm): (keyof WorkspaceForm)[] {
  return [
    ...numbers.filter((key) => !/^\s*\d+\s*$/.test(form[key])),
    ...lists.filter((key) => daysOf(form[key]) === null),
  ]
}

/** What of a form is sent: only what changed. An emptied field is cleared. */
export function workspaceChanges(start: WorkspaceForm, form: WorkspaceForm): Omit<UpdateWorkspaceInput, 'workspaceId'> {
  const changes: Omit<UpdateWorkspaceInput, 'workspaceId'> = {}
  const isChanged = (key: keyof WorkspaceForm) => form[key] !== start[key]
  if (isChanged('name')) changes.name = form.name.trim()
  if (isChanged('defaultLocale')) changes.defaultLocale = form.defaultLocale
  if (isChanged('timeZone')) changes.timeZone = form.timeZone
  if (isChanged('requireGroup')) changes.requireGroup = form.requireGroup
  if (isChanged('consentRequired')) changes.consentRequired = form.consentRequired
  if (isChanged('allowedRedirectUrls')) changes.allowedRedirectUrls = linesOf(form.allowedRedirectUrls)
  for (const key of clearable) if (isChanged(key)) changes[key] = form[key].trim() || null
  for (const key of numbers) if (isChanged(key)) changes[key] = Number(form[key])
  for (const key of lists) if (isChanged(key)) changes[key] = daysOf(form[key]) ?? []
  return changes
}
