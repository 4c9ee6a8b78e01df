import { MutationCache, QueryClient } from '@tanstack/react-query'
import { ApiError, isTransient } from './lib/faults'
import { notifyFailure } from './ui/notify'

/** Makes the cache of all answers: the only state beside the address. */
export function makeQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        retry: (count, problem) => count < 2 && isTransient(problem),
        refetchOnWindowFocus: false,
      },
    },
    mutationCache: new MutationCache({
      onError: (problem, _variables, _result, mutation) => {
        // A form shows its own faults; everything else is said once, in a notification.
        const isShown = problem instanceof ApiError && problem.violations.length > 0
        if (!isShown && !mutation.meta?.silent) notifyFailure(problem)
      },
    }),
  })
  // Nobody observes the draft of a dialog that is closed, which must not end it.
  client.setQueryDefaults(['draft'], { gcTime: Infinity })
  return client
}
