import type { Permission } from '@/gql/graphql'
import { defineStrings } from '@/i18n/strings'

/** The permissions in the order and the parts in which they are offered. */
export const permissionParts = {
  people: [
    'MEMBERS_VIEW', 'MEMBERS_INVITE', 'MEMBERS_CREATE', 'MEMBERS_IMPORT', 'MEMBERS_UPDATE', 'MEMBERS_DEACTIVATE',
    'JOIN_LINKS_MANAGE', 'ROLES_ASSIGN',
  ],
  learning: ['GROUPS_MANAGE', 'ORG_UNITS_MANAGE', 'PROGRAMS_MANAGE', 'SESSIONS_MANAGE', 'ENROLLMENTS_MANAGE'],
  workspace: ['AUDIT_VIEW', 'USAGE_VIEW', 'WEBHOOKS_MANAGE', 'ROLES_MANAGE', 'WORKSPACE_MANAGE'],
} as const satisfies Record<string, readonly Permission[]>

export const strings = defineStrings({
  en: {
    parts: { people: 'People', learning: 'Groups, units and sessions', workspace: 'Workspace' },
    names: {
      WORKSPACE_MANAGE: 'Change settings and applications',
      MEMBERS_VIEW: 'See people and their progress',
      MEMBERS_INVITE: 'Invite people',
      MEMBERS_CREATE: 'Create accounts',
      MEMBERS_IMPORT: 'Import people',
      MEMBERS_UPDATE: 'Edit people',
      MEMBERS_DEACTIVATE: 'Deactivate and remove people',
      ROLES_ASSIGN: 'Assign roles',
      ROLES_MANAGE: 'Manage custom roles',
      GROUPS_MANAGE: 'Manage groups',
      ORG_UNITS_MANAGE: 'Manage org units',
      PROGRAMS_MANAGE: 'Manage programs',
      SESSIONS_MANAGE: 'Manage sessions',
      ENROLLMENTS_MANAGE: 'Enrol people, report progress',
      JOIN_LINKS_MANAGE: 'Manage join pages',
      API_KEYS_MANAGE: 'Manage API keys',
      WEBHOOKS_MANAGE: 'Manage webhooks',
      AUDIT_VIEW: 'Read the whole history',
      USAGE_VIEW: 'Read the usage',
    } satisfies Record<Permission, string>,
  },
  fr: {
    parts: { people: 'Personnes', learning: 'Groupes, unités et sessions', workspace: 'Espace' },
    names: {
      WORKSPACE_MANAGE: 'Modifier les réglages et les applications',
      MEMBERS_VIEW: 'Voir les personnes et leur progression',
      MEMBERS_INVITE: 'Inviter des personnes',
      MEMBERS_CREATE: 'Créer des comptes',
      MEMBERS_IMPORT: 'Importer des personnes',
      MEMBERS_UPDATE: 'Modifier les personnes',
      MEMBERS_DEACTIVATE: 'Désactiver et retirer des personnes',
      ROLES_ASSIGN: 'Attribuer des rôles',
      ROLES_MANAGE: 'Gérer les rôles personnalisés',
      GROUPS_MANAGE: 'Gérer les groupes',
      ORG_UNITS_MANAGE: 'Gérer les unités',
      PROGRAMS_MANAGE: 'Gérer les programmes',
      SESSIONS_MANAGE: 'Gérer les sessions',
      ENROLLMENTS_MANAGE: 'Inscrire aux sessions, suivre la progression',
      JOIN_LINKS_MANAGE: 'Gérer les pages d’inscription',
      API_KEYS_MANAGE: 'Gérer les clés d’API',
      WEBHOOKS_MANAGE: 'Gérer les webhooks',
      AUDIT_VIEW: 'Lire tout l’historique',
      USAGE_VIEW: 'Consulter l’utilisation',
    },
  },
})
