import { expect, test } from 'vitest'
import { daysOf, fieldsWithoutNumber, workspaceChanges, workspaceFormOf } from './workspace-form'
import type { WorkspaceDetail } from './workspace-queries'

const workspace = {
  id: 'wsp_1', slug: 'academy', name: 'Academy', logoUrl: null, color: '#0f766e', defaultLocale: 'en', timeZone: 'Europe/Paris',
  supportContact: 'help@academy.example', homeUrl: null,
  settings: {
    invitationDays: 14, remindDaysBeforeExpiry: [7, 1], remindDaysAfterSending: [], requireGroup: false,
    sessionReminderDaysBefore: [1], eraseUnacceptedAfterDays: 90, allowedRedirectUrls: ['https://learn.example/'],
    invitationLinkTemplate: null, joinLinkTemplate: null, privacyUrl: 'https://academy.example/privacy', termsUrl: null,
    consentRequired: false, consentVersion: '2026-11',
  },
} as WorkspaceDetail

const start = workspaceFormOf(workspace)

test('a form that nobody changed sends nothing', () => {
  expect(workspaceChanges(start, { ...start })).toEqual({})
})

test('only what changed is sent, and an emptied field is cleared', () => {
  const form = {
    ...start, name: ' Evening Academy ', color: '', supportContact: ' ', requireGroup: true,
    privacyUrl: '', termsUrl: 'https://academy.example/terms', consentRequired: true, consentVersion: ' 2026-12 ',
    allowedRedirectUrls: 'https://learn.example/\n\n https://more.example \n', invitationDays: '0', remindDaysBeforeExpiry: '',
    sessionReminderDaysBefore: '7; 1',
  }
  expect(workspaceChanges(start, form)).toEqual({
    name: 'Evening Academy', color: null, supportContact: null, requireGroup: true,
    privacyUrl: null, termsUrl: 'https://academy.example/terms', consentRequired: true, consentVersion: '2026-12',
    allowedRedirectUrls: ['https://learn.example/', 'https://more.example'], invitationDays: 0, remindDaysBeforeExpiry: [],
    sessionReminderDaysBefore: [7, 1],
  })
})

test('what is no number is found before it is sent', () => {
  expect(daysOf('7, 1')).toEqual([7, 1])
  expect(daysOf('')).toEqual([])
  expect(daysOf('a week')).toBeNull()
  expect(fieldsWithoutNumber(start)).toEqual([])
  expect(fieldsWithoutNumber({ ...start, invitationDays: '', eraseUnacceptedAfterDays: '1.5', remindDaysAfterSending: 'soon' }))
    .toEqual(['invitationDays', 'eraseUnacceptedAfterDays', 'remindDaysAfterSending'])
})
