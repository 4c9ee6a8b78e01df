import { createFileRoute } from '@tanstack/react-router'
import { readListSearch } from './-people/list-search'
import { PeopleList } from './-people/people-list'

export const Route = createFileRoute('/_app/people')({
  staticData: {
    nav: { title: { en: 'People', fr: 'Personnes' }, icon: 'users', order: 10, needs: ['MEMBERS_VIEW'] },
  },
  validateSearch: readListSearch,
  component: PeopleList,
})
