import { expect, test } from 'vitest'
import { allowedTabs, tabs } from './tabs'

test('everybody is offered the tabs of their permissions, and no other', () => {
  expect(allowedTabs([])).toEqual([])
  expect(allowedTabs(['MEMBERS_VIEW', 'AUDIT_VIEW'])).toEqual([])
  for (const { needs } of tabs) {
    expect(allowedTabs([needs])).toEqual(tabs.filter((tab) => tab.needs === needs))
  }
})
