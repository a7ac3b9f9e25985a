import { describe, expect, it } from 'vitest';

import { compileGlob, compileSelection } from './glob.ts';

describe('compileGlob', () => {
  it('knows the star only, and keeps it within a part of the name', () => {
    expect(compileGlob('shop.*')('shop.orders')).toBe(true);
    expect(compileGlob('shop.*')('shop.a.b')).toBe(false);
    expect(compileGlob('*')('shop.orders')).toBe(false);
    expect(compileGlob('*.*_log')('shop.audit_log')).toBe(true);
    expect(compileGlob('a+b?[c]')('a+b?[c]')).toBe(true);
    expect(compileGlob('a.c')('abc')).toBe(false);
    expect(compileGlob('a*')('a\nb')).toBe(true);
    expect(compileGlob('*')('😀')).toBe(true);
  });

  it('stays fast for patterns made to be slow', () => {
    expect(compileGlob('*'.repeat(1000))('a'.repeat(10_000))).toBe(true);
    expect(compileGlob('a*a*a*a*b')('a'.repeat(200))).toBe(false);
  });
});

describe('compileSelection', () => {
  it('takes everything without includes, and never what is excluded', () => {
    expect(compileSelection(undefined, ['b*'])('a')).toBe(true);
    expect(compileSelection(undefined, ['b*'])('bc')).toBe(false);
    expect(compileSelection(['a*', 'b*'], ['ab'])('ab')).toBe(false);
    expect(compileSelection(['a*', 'b*'], ['ab'])('ba')).toBe(true);
  });
});
