/** What the columns of an imported list hold, in words. */
import { defineStrings, type Like } from '@/i18n/strings'

/** The names of the API in the order of the template, besides custom fields. */
export const columnNames = [
  'email', 'lastName', 'firstName', 'fullName', 'username', 'externalId', 'groups', 'roles', 'orgUnit', 'sessions', 'labels',
  'locale', 'accessExpiresAt', 'password', 'sendCredentials', 'additionalInfo',
] as const

export type ColumnName = (typeof columnNames)[number]

export const columnLabels = defineStrings({
  en: {
    email: 'Email address', lastName: 'Last name', firstName: 'First name', fullName: 'Full name', username: 'Username',
    externalId: 'Id in another system',
    groups: 'Groups', roles: 'Roles', orgUnit: 'Org unit', sessions: 'Sessions', labels: 'Labels', locale: 'Language of the emails',
    accessExpiresAt: 'End of access', password: 'Password', sendCredentials: 'Email a password (yes or no)',
    additionalInfo: 'Additional information',
  },
  fr: {
    email: 'Adresse e‑mail', lastName: 'Nom', firstName: 'Prénom', fullName: 'Nom complet', username: 'Nom d’utilisateur',
    externalId: 'Identifiant dans un autre système',
    groups: 'Groupes', roles: 'Rôles', orgUnit: 'Unité', sessions: 'Sessions', labels: 'Étiquettes', locale: 'Langue des e‑mails',
    accessExpiresAt: 'Fin d’accès', password: 'Mot de passe', sendCredentials: 'Envoyer un mot de passe (oui ou non)',
    additionalInfo: 'Informations complémentaires',
  },
})

const isColumnName = (name: string): name is ColumnName => (columnNames as readonly string[]).includes(name)

/** The word for what a column holds; null for a custom field, whose word is the workspace's, and for a name of another version. */
export function labelOf(name: string, labels: Like<Record<ColumnName, string>>): string | null {
  return isColumnName(name) ? labels[name] : null
}
