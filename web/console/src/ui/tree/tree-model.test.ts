import { expect, test } from 'vitest'
import { ancestorsOf, buildTree, isWithin, keyInTree, placeOf, visibleNodes } from './tree-model'

const rows = [
  { id: 'a', name: 'Art' },
  { id: 'm', name: 'Modern', parent: { id: 'a' } },
  { id: 'p', name: 'Pop', parent: { id: 'm' } },
  { id: 's', name: 'Science' },
  { id: 'x', name: 'Below a hidden one', parent: { id: 'hidden' } },
]
const byId = new Map(rows.map((row) => [row.id, row]))
const shown = (...open: string[]) => visibleNodes(buildTree(rows), new Set(open)).map(({ row, level }) => row.id + level)

test('a tree shows what is open; a row below a hidden one stands at the top', () => {
  expect(shown()).toEqual(['a1', 's1', 'x1'])
  expect(shown('a')).toEqual(['a1', 'm2', 's1', 'x1'])
  expect(shown('a', 'm')).toEqual(['a1', 'm2', 'p3', 's1', 'x1'])
  expect(shown('m')).toEqual(['a1', 's1', 'x1']) // open, but nobody sees it
})

test('what lies above a row', () => {
  expect(ancestorsOf(byId, 'p').map(({ id }) => id)).toEqual(['m', 'a'])
  expect(ancestorsOf(byId, 'x')).toEqual([])
  expect(placeOf(byId, 'p')).toBe('Art › Modern')
  expect(isWithin(byId, 'p', 'a')).toBe(true)
  expect(isWithin(byId, 'a', 'a')).toBe(true)
  expect(isWithin(byId, 'a', 'p')).toBe(false)
  const loop = new Map([['a', { id: 'a', name: '', parent: { id: 'b' } }], ['b', { id: 'b', name: '', parent: { id: 'a' } }]])
  expect(ancestorsOf(loop, 'a').length).toBeLessThan(3)
})

test('keys go through a tree as in every tree', () => {
  const open = new Set(['a', 'm'])
  const visible = visibleNodes(buildTree(rows), open) // a m p s x
  const press = (key: string, at: number) => keyInTree(key, visible, at, open)
  expect(press('ArrowDown', 0)).toEqual({ go: 1 })
  expect(press('ArrowDown', 4)).toEqual({ go: 4 })
  expect(press('ArrowUp', 0)).toEqual({ go: 0 })
  expect(press('End', 0)).toEqual({ go: 4 })
  expect(press('Home', 3)).toEqual({ go: 0 })
  expect(press('ArrowRight', 0)).toEqual({ go: 1 })
  expect(press('ArrowRight', 2)).toBeNull()
  expect(press('ArrowLeft', 1)).toEqual({ toggle: 'm' })
  expect(press('ArrowLeft', 2)).toEqual({ go: 1 })
  expect(press('ArrowLeft', 3)).toBeNull()
  expect(press('a', 0)).toBeNull()
  expect(keyInTree('ArrowRight', visibleNodes(buildTree(rows), new Set()), 0, new Set())).toEqual({ toggle: 'a' })
})
