import { plural } from '@/i18n/format'
import { defineStrings } from '@/i18n/strings'

export const strings = defineStrings({
  en: {
    title: 'Programs',
    find: 'Find a program',
    name: 'Program',
    groups: 'Assigned to',
    noGroups: 'No group',
    sessions: 'Show its sessions',
    empty: 'There is no program yet',
    emptyText: 'A program is a course or a path. Its sessions are its runs, with dates and people.',
    noMatch: 'No program matches',
    back: 'All sessions',
    create: 'Create a program',
    rename: 'Rename',
    assign: 'Change its groups',
    assignText: 'The people of these groups, now and later, are enrolled in the current and coming sessions, and invitees get the emails. Who leaves the program because of a change and has not begun leaves its sessions.',
    delete: 'Delete',
    nameLabel: 'Name',
    nameMissing: 'Enter a name',
    save: 'Save',
    created: (name: string) => `${name} is created`,
    saved: (name: string) => `${name} is saved`,
    deleteTitle: (name: string) => `Delete ${name}?`,
    deleteText: (groups: number) => groups === 0
      ? 'A program that still has sessions is not deleted.'
      : `${plural('en', groups, { one: '# group is', other: '# groups are' })} no longer enrolled by it. A program that still has sessions is not deleted.`,
    deleted: (name: string) => `${name} is deleted`,
  },
  fr: {
    title: 'Programmes',
    find: 'Rechercher un programme',
    name: 'Programme',
    groups: 'Attribué à',
    noGroups: 'Aucun groupe',
    sessions: 'Afficher ses sessions',
    empty: 'Aucun programme pour l’instant',
    emptyText: 'Un programme est un cours ou un parcours. Ses sessions en sont les éditions, avec des dates et des participants.',
    noMatch: 'Aucun programme ne correspond',
    back: 'Toutes les sessions',
    create: 'Créer un programme',
    rename: 'Renommer',
    assign: 'Modifier ses groupes',
    assignText: 'Les membres de ces groupes, présents et futurs, sont inscrits aux sessions en cours et à venir, et les personnes invitées reçoivent les e‑mails. Ceux que la modification exclut et qui n’ont pas commencé quittent ses sessions.',
    delete: 'Supprimer',
    nameLabel: 'Nom',
    nameMissing: 'Saisissez un nom',
    save: 'Enregistrer',
    created: (name) => `${name} est créé`,
    saved: (name) => `${name} est enregistré`,
    deleteTitle: (name) => `Supprimer ${name} ?`,
    deleteText: (groups) => groups === 0
      ? 'Un programme qui a encore des sessions n’est pas supprimé.'
      : `${plural('fr', groups, { one: '# groupe n’est plus inscrit', other: '# groupes ne sont plus inscrits' })} par lui. Un programme qui a encore des sessions n’est pas supprimé.`,
    deleted: (name) => `${name} est supprimé`,
  },
})
