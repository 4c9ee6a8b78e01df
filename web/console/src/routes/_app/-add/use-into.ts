import { useQuery, queryOptions } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'
import { graphql } from '@/gql'
import { request } from '@/lib/request'
import { withoutPlace, withPlace, type GrantForm, type PlaceOfKind } from '@/grant/grant-form'

const IntoDocument = graphql(`
  query ConsoleInto($id: ID!) {
    node(id: $id) {
      ... on Group { id name path }
      ... on OrgUnit { id name parent { id name } }
      ... on Session { id name program { id name } }
    }
  }
`)

const intoQuery = (id: string | undefined) => queryOptions({
  queryKey: ['into', id],
  enabled: id !== undefined,
  queryFn: async ({ signal }): Promise<PlaceOfKind | null> => {
    const { node } = await request(IntoDocument, { id: id ?? '' }, signal)
    if (!node || !('name' in node)) return null
    if ('path' in node) return { kind: 'groups', id: node.id, name: node.name, where: node.path.slice(0, -1).join(' › ') }
    if ('program' in node) return { kind: 'sessions', id: node.id, name: node.name, where: node.program.name }
    return { kind: 'units', id: node.id, name: node.name, where: node.parent?.name ?? '' }
  },
})

/** Fills in the place from which the dialog was opened, and takes it out again when the dialog closes. */
export function useInto(change: (edit: (grant: GrantForm) => GrantForm) => void): void {
  const { into } = useSearch({ from: '/_app' })
  const { data: place } = useQuery(intoQuery(into))
  useEffect(() => {
    if (!place) return undefined
    change((grant) => withPlace(grant, place))
    return () => change((grant) => withoutPlace(grant, place))
  }, [place, change])
}
