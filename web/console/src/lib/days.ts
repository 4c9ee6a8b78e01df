/** The start of a day some days ago. Whole days keep the key of a query the same for a day. */
export function daysAgo(days: number, now = new Date()): string {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - days).toISOString()
}
