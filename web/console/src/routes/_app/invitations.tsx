import { createFileRoute } from '@tanstack/react-router'
import { InvitationList } from './-invitations/invitation-list'
import { readListSearch } from './-invitations/list-search'

export const Route = createFileRoute('/_app/invitations')({
  staticData: {
    nav: {
      title: { en: 'Invitations', fr: 'Invitations' }, icon: 'send', order: 20,
      needs: ['MEMBERS_VIEW', 'MEMBERS_INVITE'],
    },
  },
  validateSearch: readListSearch,
  component: InvitationList,
})
