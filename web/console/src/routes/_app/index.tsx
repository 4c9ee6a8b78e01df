import { createFileRoute } from '@tanstack/react-router'
import { HomePage } from './-home/home-page'

export const Route = createFileRoute('/_app/')({
  staticData: {
    nav: { title: { en: 'Home', fr: 'Accueil' }, icon: 'home', order: 0, needs: [] },
  },
  component: HomePage,
})
