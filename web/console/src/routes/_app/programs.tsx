import { createFileRoute } from '@tanstack/react-router'
import { readText } from './-places/place-search'
import { ProgramsList } from './-programs/programs-list'

export const Route = createFileRoute('/_app/programs')({
  staticData: {
    nav: {
      title: { en: 'Programs', fr: 'Programmes' }, icon: 'folder', order: 55,
      needs: ['PROGRAMS_MANAGE', 'SESSIONS_MANAGE', 'MEMBERS_INVITE'],
    },
  },
  validateSearch: (search: Record<string, unknown>): { q?: string } => ({ q: readText(search.q) }),
  component: ProgramsList,
})
