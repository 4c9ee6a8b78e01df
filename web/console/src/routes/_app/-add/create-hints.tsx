import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { CreateUserInput } from '@/gql/graphql'
import { Warnings } from './plan-panel'
import { planQuery } from './queries'

/** What the server would warn of if the account was created as it is typed. Refusals wait for the button. */
export function CreateHints({ input, correct }: { input: CreateUserInput; correct: (address: string) => void }) {
  const [planned] = useDebouncedValue(input, 500)
  const isNamed = Boolean(planned.firstName && planned.lastName && (planned.email ?? planned.username))
  const { data } = useQuery({ ...planQuery({ create: planned }), enabled: isNamed, placeholderData: keepPreviousData })
  if (!isNamed || !data?.people.some(({ warnings }) => warnings.length > 0)) return null
  return <ul className="stack" role="status"><Warnings people={data.people} correct={(_, address) => correct(address)} /></ul>
}
