import { createFileRoute } from '@tanstack/react-router'
import { readSessionSearch } from './-sessions/list-search'
import { SessionsList } from './-sessions/sessions-list'

export const Route = createFileRoute('/_app/sessions')({
  staticData: {
    nav: {
      title: { en: 'Sessions', fr: 'Sessions' }, icon: 'calendar', order: 50,
      needs: ['MEMBERS_VIEW', 'SESSIONS_MANAGE', 'ENROLLMENTS_MANAGE', 'MEMBERS_INVITE'],
    },
  },
  validateSearch: readSessionSearch,
  component: SessionsList,
})
