import { expect, it } from 'vitest';

import { nextAddress } from './next-address.ts';

it.each([
  ['?next=%2Fruns%3Fstate%3Dfailed', '/runs?state=failed'],
  ['', '/'],
  ['?next=https%3A%2F%2Fevil.example', '/'],
  ['?next=%2F%2Fevil.example', '/'],
  ['?next=%2F%5Cevil.example', '/'],
  ['?next=javascript%3Aalert(1)', '/'],
  ['?next=%2Fsign-in%3Fnext%3D%2F', '/'],
])('after signing in, %s leads to %s', (search, address) => {
  expect(nextAddress(search)).toBe(address);
});
