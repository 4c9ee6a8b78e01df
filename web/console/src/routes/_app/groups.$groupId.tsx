import { createFileRoute } from '@tanstack/react-router'
import { GroupPage } from './-groups/group-page'
import { readPlaceSearch } from './-places/place-search'

export const Route = createFileRoute('/_app/groups/$groupId')({
  validateSearch: readPlaceSearch,
  component: GroupPage,
})
