import { createFileRoute } from '@tanstack/react-router'
import { readTreeSearch } from './-places/place-search'
import { UnitsScreen } from './-units/units-screen'

export const Route = createFileRoute('/_app/units')({
  staticData: {
    nav: {
      title: { en: 'Org units', fr: 'Unités' }, icon: 'map-pin', order: 45, needs: ['MEMBERS_VIEW', 'ORG_UNITS_MANAGE'],
    },
  },
  validateSearch: readTreeSearch,
  component: UnitsScreen,
})
