import { createFileRoute } from '@tanstack/react-router'
import { JoinLinkList } from './-join-pages/join-link-list'

export const Route = createFileRoute('/_app/join-pages')({
  staticData: {
    nav: { title: { en: 'Join pages', fr: 'Pages d’inscription' }, icon: 'link', order: 70, needs: ['JOIN_LINKS_MANAGE'] },
  },
  validateSearch: ({ q }: Record<string, unknown>): { q?: string } =>
    ({ q: typeof q === 'string' && q ? q : typeof q === 'number' ? String(q) : undefined }),
  component: JoinLinkList,
})
