import { createFileRoute } from '@tanstack/react-router'
import { readPlaceSearch } from './-places/place-search'
import { SessionPage } from './-sessions/session-page'

export const Route = createFileRoute('/_app/sessions_/$sessionId')({
  validateSearch: readPlaceSearch,
  component: SessionPage,
})
