import { createFileRoute } from '@tanstack/react-router'
import { GroupsScreen } from './-groups/groups-screen'
import { readTreeSearch } from './-places/place-search'

export const Route = createFileRoute('/_app/groups')({
  staticData: {
    nav: {
      title: { en: 'Groups', fr: 'Groupes' }, icon: 'sitemap', order: 40,
      needs: ['MEMBERS_VIEW', 'MEMBERS_INVITE', 'GROUPS_MANAGE'],
    },
  },
  validateSearch: readTreeSearch,
  component: GroupsScreen,
})
