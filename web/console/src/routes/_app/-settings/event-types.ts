import type { EventType } from '@/gql/graphql'
import { defineStrings } from '@/i18n/strings'

/** The objects that events are about, in the order in which they are offered. */
export const eventParts = ['INVITATION', 'MEMBER', 'ENROLLMENT', 'JOIN_REQUEST', 'IMPORT', 'API_KEY'] as const
export type EventPart = (typeof eventParts)[number]

/** The name of a type in requests: invitation.accepted for INVITATION_ACCEPTED. */
export function wireName(type: EventType): string {
  const part = eventParts.find((prefix) => type.startsWith(`${prefix}_`))
  return part ? `${part}.${type.slice(part.length + 1)}`.toLowerCase() : type.toLowerCase()
}

/** What a delivery tells; a test has a type of its own. */
export const eventName = ({ type }: { type?: EventType | null }): string => type ? wireName(type) : 'webhook.test'

export const strings = defineStrings({
  en: {
    parts: {
      INVITATION: 'Invitations', MEMBER: 'Members', ENROLLMENT: 'Enrollments', JOIN_REQUEST: 'Join requests', IMPORT: 'Imports',
      API_KEY: 'API keys',
    },
    names: {
      INVITATION_CREATED: 'Invited', INVITATION_UPDATED: 'Edited', INVITATION_READDRESSED: 'Address corrected',
      INVITATION_RESENT: 'Sent again', INVITATION_RENEWED: 'Renewed without an email', INVITATION_REMINDED: 'Reminded',
      INVITATION_SENT: 'Email accepted', INVITATION_FAILED: 'Email refused', INVITATION_BOUNCED: 'Email came back',
      INVITATION_CANCELLED: 'Cancelled', INVITATION_DECLINED: 'Declined', INVITATION_EXPIRED: 'Expired and replaced',
      INVITATION_ACCEPTED: 'Accepted', INVITATION_FULFILLED: 'Account made instead', INVITATION_RENEWAL_REQUESTED: 'New link requested',
      INVITATION_MOVE_REQUESTED: 'Move requested', INVITATION_ERASED: 'Address erased',
      MEMBER_JOINED: 'Joined', MEMBER_REACTIVATED: 'Active again', MEMBER_GRANTED: 'Got more', MEMBER_UPDATED: 'Edited',
      MEMBER_LEFT_GROUP: 'Left a group', MEMBER_DEACTIVATED: 'Deactivated', MEMBER_ACCESS_ENDED: 'Access ended',
      MEMBER_ACCESS_KEPT: 'Access of the last administrator kept', MEMBER_REMOVED: 'Removed',
      ENROLLMENT_CREATED: 'Registered by name', ENROLLMENT_PROGRESSED: 'Progress reported', ENROLLMENT_COMPLETED: 'Completed',
      ENROLLMENT_WITHDRAWN: 'Withdrawn',
      JOIN_REQUEST_CONFIRMED: 'Waits for approval', JOIN_REQUEST_APPROVED: 'Joined by a link', JOIN_REQUEST_REJECTED: 'Rejected',
      JOIN_REQUEST_ERASED: 'Address erased',
      IMPORT_CREATED: 'Uploaded', IMPORT_STARTED: 'Started', IMPORT_PAUSED: 'Paused', IMPORT_RESUMED: 'Resumed',
      IMPORT_CANCELLED: 'Cancelled', IMPORT_COMPLETED: 'Ended', IMPORT_UNDONE: 'Undone',
      API_KEY_CREATED: 'Created', API_KEY_UPDATED: 'Changed', API_KEY_ROTATED: 'Got another secret', API_KEY_REVOKED: 'Revoked',
    } satisfies Record<EventType, string>,
  },
  fr: {
    parts: {
      INVITATION: 'Invitations', MEMBER: 'Membres', ENROLLMENT: 'Inscriptions aux sessions', JOIN_REQUEST: 'Demandes d’inscription',
      IMPORT: 'Imports', API_KEY: 'Clés d’API',
    },
    names: {
      INVITATION_CREATED: 'Invitation envoyée', INVITATION_UPDATED: 'Modifiée', INVITATION_READDRESSED: 'Adresse corrigée',
      INVITATION_RESENT: 'Envoyée à nouveau', INVITATION_RENEWED: 'Renouvelée sans e-mail', INVITATION_REMINDED: 'Rappel envoyé',
      INVITATION_SENT: 'E-mail accepté', INVITATION_FAILED: 'E-mail refusé', INVITATION_BOUNCED: 'E-mail revenu',
      INVITATION_CANCELLED: 'Annulée', INVITATION_DECLINED: 'Refusée', INVITATION_EXPIRED: 'Expirée et remplacée',
      INVITATION_ACCEPTED: 'Acceptée', INVITATION_FULFILLED: 'Compte créé à la place', INVITATION_RENEWAL_REQUESTED: 'Nouveau lien demandé',
      INVITATION_MOVE_REQUESTED: 'Changement de compte demandé', INVITATION_ERASED: 'Adresse effacée',
      MEMBER_JOINED: 'Arrivée', MEMBER_REACTIVATED: 'Réactivé', MEMBER_GRANTED: 'A reçu davantage', MEMBER_UPDATED: 'Modifié',
      MEMBER_LEFT_GROUP: 'A quitté un groupe', MEMBER_DEACTIVATED: 'Désactivé', MEMBER_ACCESS_ENDED: 'Accès terminé',
      MEMBER_ACCESS_KEPT: 'Accès du dernier administrateur maintenu', MEMBER_REMOVED: 'Retiré',
      ENROLLMENT_CREATED: 'Inscrit nommément', ENROLLMENT_PROGRESSED: 'Progression enregistrée', ENROLLMENT_COMPLETED: 'Terminée',
      ENROLLMENT_WITHDRAWN: 'Désinscrit',
      JOIN_REQUEST_CONFIRMED: 'Attend une approbation', JOIN_REQUEST_APPROVED: 'Inscrit par un lien', JOIN_REQUEST_REJECTED: 'Rejetée',
      JOIN_REQUEST_ERASED: 'Adresse effacée',
      IMPORT_CREATED: 'Téléversé', IMPORT_STARTED: 'Démarré', IMPORT_PAUSED: 'Suspendu', IMPORT_RESUMED: 'Repris',
      IMPORT_CANCELLED: 'Annulé', IMPORT_COMPLETED: 'Terminé', IMPORT_UNDONE: 'Défait',
      API_KEY_CREATED: 'Créée', API_KEY_UPDATED: 'Modifiée', API_KEY_ROTATED: 'A reçu un autre secret', API_KEY_REVOKED: 'Révoquée',
    },
  },
})

/** The types of one object, in the order of the API. */
export const typesOf = (part: EventPart): EventType[] =>
  (Object.keys(strings.en.names) as EventType[]).filter((type) => type.startsWith(`${part}_`))
