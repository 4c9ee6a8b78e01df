import { plural } from '@/i18n/format'
import { defineStrings } from '@/i18n/strings'

export const strings = defineStrings({
  en: {
    groups: 'Groups', sessions: 'Sessions', units: 'Org unit', programs: 'Programs',
    searchPlaces: 'Search or browse',
    noPlaces: 'Nothing found',
    roles: 'Roles',
    rolesHint: 'Learner unless you choose another. Only roles that you may give are listed.',
    mayDo: (count: number) => plural('en', count, { one: '# permission', other: '# permissions' }),
    locale: 'Language of the emails',
    localeDefault: 'As the workspace',
    accessEnd: 'End of access',
    labels: 'Labels',
    labelsHint: 'Separated by commas',
    choose: 'Choose',
    browse: 'Browse the tree', browseHint: 'A press chooses, another one leaves it again.',
    chosen: 'chosen', notYours: 'you may not invite here',
    clear: (name: string) => `Clear ${name}`,
  },
  fr: {
    groups: 'Groupes', sessions: 'Sessions', units: 'Unité', programs: 'Programmes',
    searchPlaces: 'Rechercher ou parcourir',
    noPlaces: 'Aucun résultat',
    roles: 'Rôles',
    rolesHint: 'Apprenant, sauf autre choix. Seuls les rôles que vous pouvez donner figurent ici.',
    mayDo: (count) => plural('fr', count, { one: '# permission', other: '# permissions' }),
    locale: 'Langue des e‑mails',
    localeDefault: 'Celle de l’espace',
    accessEnd: 'Fin d’accès',
    labels: 'Étiquettes',
    labelsHint: 'Séparées par des virgules',
    choose: 'Choisir',
    browse: 'Parcourir l’arborescence', browseHint: 'Un appui choisit, un second retire.',
    chosen: 'choisi', notYours: 'vous ne pouvez pas inviter ici',
    clear: (name) => `Effacer ${name}`,
  },
})
