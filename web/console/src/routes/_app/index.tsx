import { createFileRoute } from '@tanstack/react-router'
import { HomePage } from './-home/home-page'

export const Route = createFileRoute('/_app/')({
  staticData: {
    nav: { title: { en: 'Home', fr: 'Accueil' }, icon: 'home', order: 0, needs: [] },
  },
  validateSearch: ({ days }: Record<string, unknown>): { days?: number } =>
    ({ days: typeof days === 'number' && Number.isInteger(days) && days > 0 && days <= 3650 ? days : undefined }),
  component: HomePage,
})
