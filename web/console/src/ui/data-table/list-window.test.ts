import { expect, test } from 'vitest'
import type { Page } from '@/lib/pages'
import { neededPage, windowOf } from './list-window'

const pages = (from: number, count: number): Page<{ id: string }>[] => [{
  start: from,
  edges: Array.from({ length: count }, (_, i) => ({ node: { id: String(from + i) } })),
  pageInfo: { hasNextPage: true },
}]

test('the scrollbar stands for the window, and a page more where the list continues', () => {
  expect(windowOf(pages(0, 100), true).count).toBe(200)
  expect(windowOf(pages(300, 100), false).count).toBe(400)
  expect(windowOf([], false)).toEqual({ first: 0, rows: [], count: 0 })
})

test('the next page is fetched before its rows are seen, the previous one likewise', () => {
  const list = windowOf(pages(200, 100), true)
  expect(neededPage(list, true, 240, 260)).toBeNull()
  expect(neededPage(list, true, 260, 275)).toBe('next')
  expect(neededPage(list, false, 260, 299)).toBeNull()
  expect(neededPage(list, true, 225, 245)).toBe('previous')
  expect(neededPage(windowOf(pages(0, 100), true), true, 0, 20)).toBeNull()
})
