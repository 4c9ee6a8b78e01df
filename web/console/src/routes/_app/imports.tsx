import { createFileRoute } from '@tanstack/react-router'
import { ImportList } from './-imports/import-list'

export const Route = createFileRoute('/_app/imports')({
  staticData: {
    nav: { title: { en: 'Imports', fr: 'Imports' }, icon: 'file-import', order: 30, needs: ['MEMBERS_IMPORT'] },
  },
  validateSearch: ({ q }: Record<string, unknown>): { q?: string } =>
    ({ q: typeof q === 'string' && q ? q : typeof q === 'number' ? String(q) : undefined }),
  component: ImportList,
})
