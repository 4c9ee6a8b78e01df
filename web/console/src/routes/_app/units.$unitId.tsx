import { createFileRoute } from '@tanstack/react-router'
import { readPlaceSearch } from './-places/place-search'
import { UnitPage } from './-units/unit-page'

export const Route = createFileRoute('/_app/units/$unitId')({
  validateSearch: readPlaceSearch,
  component: UnitPage,
})
