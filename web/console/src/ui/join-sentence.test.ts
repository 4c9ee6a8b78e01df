import { expect, test } from 'vitest'
import { joinSentence } from './join-sentence'

const page = { enabled: true, whitelist: [], requiresApproval: false, roles: [{ name: 'Learner' }] }

test('a switch is a sentence: who can join, and as what', () => {
  expect(joinSentence(page, 'en')).toBe('Anyone with the link can join as Learner.')
  expect(joinSentence({ ...page, whitelist: ['acme.test'] }, 'en'))
    .toBe('Anyone with the link and an address at acme.test can join as Learner.')
  expect(joinSentence({ ...page, whitelist: ['hospital.example', '*.clinic.example'], requiresApproval: true }, 'en'))
    .toBe('Anyone with the link and an address at hospital.example or clinic.example and its subdomains can ask to join as Learner.')
  expect(joinSentence({ ...page, whitelist: ['a@b.example', 'b@b.example', 'acme.test'], roles: null }, 'en'))
    .toBe('Anyone with the link and an address at acme.test or one of 2 listed addresses can join.')
  expect(joinSentence({ ...page, whitelist: ['a.test', 'b.test', 'c.test', 'd.test', 'e.test', 'f.test'] }, 'en'))
    .toContain('a.test, b.test, c.test, d.test or +2 can join')
  expect(joinSentence({ ...page, enabled: false }, 'en')).toBe('Nobody can join with the link.')
})

test('in French as well', () => {
  expect(joinSentence({ ...page, whitelist: ['acme.test'], requiresApproval: true }, 'fr'))
    .toBe('Toute personne ayant le lien et une adresse de acme.test peut demander à s’inscrire comme Learner.')
})
