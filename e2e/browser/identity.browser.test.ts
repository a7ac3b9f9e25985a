import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { axeClean, dialogClean } from './axe-clean.ts';
import { openBrowser } from './browser.ts';
import { openPortal } from './portal.ts';
import type { Portal } from './portal.ts';
import { screenshots } from './screenshots.ts';
import { writeSmallProject } from './small-project.ts';

const browser = await openBrowser();
const ADA = { email: 'ada@example.org', password: 'the sea is wide and salty' };
const BOB = { email: 'bob@example.org', password: 'a boat needs no wheels at all' };

describe.skipIf(browser === undefined)('people of a project', () => {
  let portal: Portal;
  let ada: Page;
  let bob: Page | undefined;

  beforeAll(async () => {
    if (browser === undefined) return;
    portal = await openPortal({ browser, prepare: (folder) => writeSmallProject(folder), arguments: [] });
  });
  afterAll(async () => {
    await bob?.context().close();
    await portal?.[Symbol.asyncDispose]();
    await browser?.close();
  });

  it('the first one comes by the link that the server printed', async () => {
    const early = await portal.open('/');
    await early.getByRole('heading', { name: 'Nobody can sign in yet' }).waitFor();
    await axeClean(early);
    await screenshots(early, 'sign-in-before-setup');
    await early.close();

    ada = await portal.open(new URL(portal.setupUrl ?? '').pathname + new URL(portal.setupUrl ?? '').hash);
    await ada.getByRole('heading', { name: 'Set up Millrace' }).waitFor();
    await ada.getByLabel('E-mail').fill(ADA.email);
    await ada.getByLabel('Password', { exact: false }).first().fill('short');
    expect(await ada.getByText('5 of 12 characters so far.').count()).toBe(1);
    await axeClean(ada);
    await screenshots(ada, 'set-up');
    await ada.getByLabel('Password', { exact: false }).first().fill(ADA.password);
    await ada.getByLabel('Password again').fill(ADA.password);
    await ada.getByRole('button', { name: 'Make the administrator' }).click();
    await ada.getByRole('heading', { name: 'Home' }).waitFor();

    const again = await portal.open(`/setup${new URL(portal.setupUrl ?? '').hash}`);
    await again.getByRole('heading', { name: 'This link does not work any more' }).waitFor();
    await screenshots(again, 'set-up-dead-link');
    await again.close();
  });

  it('an owner invites another, who sees what a viewer may see', async () => {
    await ada.goto(`${portal.url}/settings?tab=users`);
    await ada.getByRole('grid', { name: 'Users' }).waitFor();
    await ada.getByRole('button', { name: 'Invite user' }).click();
    await ada.getByLabel('E-mail').fill(BOB.email);
    await dialogClean(ada);
    await screenshots(ada, 'settings-invite');
    await ada.getByRole('button', { name: 'Make the link' }).click();
    const link = await ada.getByRole('status', { name: `The link for ${BOB.email}` }).textContent();
    await dialogClean(ada);
    await screenshots(ada, 'settings-invite-link');
    await ada.getByRole('button', { name: 'Done' }).click();
    await ada.getByText('Invited', { exact: true }).waitFor();
    await axeClean(ada);
    await screenshots(ada, 'settings-users');

    const context = await browser?.newContext();
    bob = await context?.newPage();
    if (bob === undefined) return;
    await bob.goto(link ?? '');
    await bob.getByText(`Choose a password for ${BOB.email}.`).waitFor();
    await bob.getByLabel('Password', { exact: false }).first().fill(BOB.password);
    await bob.getByLabel('Password again').fill(BOB.password);
    await bob.keyboard.press('Enter');
    await bob.getByRole('heading', { name: 'Home' }).waitFor();
    await bob.goto(`${portal.url}/settings?tab=audit`);
    await bob.getByRole('heading', { name: 'Change the password' }).waitFor();
    const tabs = await bob.getByRole('tab').allTextContents();
    expect(tabs).toEqual(['Account', 'API tokens']);
    await axeClean(bob);
    await screenshots(bob, 'settings-account');
  });

  it('a token is shown once and revoked by its name', async () => {
    await ada.goto(`${portal.url}/settings?tab=tokens`);
    await ada.getByRole('button', { name: 'New token' }).first().click();
    await ada.getByLabel('What it is for').fill('nightly export');
    await dialogClean(ada);
    await ada.getByRole('button', { name: 'Make the token' }).click();
    const shown = ada.getByRole('status', { name: 'The token nightly export' });
    await dialogClean(ada);
    expect(await shown.textContent()).toMatch(/^mlr_[\w-]{43}$/);
    await ada.getByRole('button', { name: 'Done' }).click();
    await axeClean(ada);
    await screenshots(ada, 'settings-tokens');
    await ada.getByRole('button', { name: 'Revoke' }).click();
    await dialogClean(ada);
    await ada.getByRole('textbox').last().fill('nightly export');
    await ada.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await ada.getByText('No API tokens').waitFor();
  });

  it('secrets are set, and never shown', async () => {
    await ada.goto(`${portal.url}/settings?tab=secrets`);
    await ada.getByText('No secrets').waitFor();
    await ada.getByRole('button', { name: 'Set a secret' }).first().click();
    await ada.getByRole('dialog').getByLabel('Name').fill('SHOP_PASSWORD');
    await ada.getByRole('dialog').getByLabel('Value').fill('canary-in-the-browser');
    await dialogClean(ada);
    await ada.getByRole('button', { name: 'Save' }).click();
    await ada.getByRole('gridcell', { name: 'SHOP_PASSWORD', exact: true }).waitFor();
    await axeClean(ada);
    await screenshots(ada, 'settings-secrets');
    expect(await ada.content()).not.toContain('canary-in-the-browser');
  });

  it('the audit log says who did it, filtered by the address, and is intact', async () => {
    await ada.goto(`${portal.url}/settings?tab=audit&action=identity%2F`);
    await ada.getByRole('gridcell', { name: 'identity/invite-user' }).waitFor();
    expect(await ada.getByRole('gridcell', { name: 'secrets/set-secret' }).count()).toBe(0);
    await ada.getByRole('searchbox', { name: 'Action begins with' }).fill('secrets/');
    await ada.getByRole('gridcell', { name: 'secrets/set-secret' }).click();
    await ada.getByText('{"name":"SHOP_PASSWORD","value":"…"}').last().waitFor();
    await dialogClean(ada);
    await screenshots(ada, 'settings-audit-entry');
    await ada.keyboard.press('Escape');
    await ada.getByRole('searchbox', { name: 'Action begins with' }).fill('');
    await ada.getByRole('button', { name: 'Check the chain' }).click();
    await ada.getByText('entries are as they were written').waitFor();
    await axeClean(ada);
    await screenshots(ada, 'settings-audit');
  });

  it('who is disabled is out at once, and the wrong password leads nowhere', async () => {
    if (bob === undefined) return;
    await ada.goto(`${portal.url}/settings?tab=users`);
    await ada.getByRole('button', { name: `Actions for ${BOB.email}` }).click();
    await ada.getByRole('menuitem', { name: 'Disable' }).waitFor();
    await axeClean(ada, '[role="menu"]');
    await ada.getByRole('menuitem', { name: 'Disable' }).click();
    await ada.getByText('Disabled', { exact: true }).waitFor();
    // The page that was open leads there by itself.
    await bob.getByRole('heading', { name: 'Sign in to Millrace' }).waitFor({ timeout: 10_000 });
    await bob.goto(`${portal.url}/connections`);
    await bob.getByRole('heading', { name: 'Sign in to Millrace' }).waitFor();
    expect(new URL(bob.url()).search).toBe('?next=%2Fconnections');
    await bob.getByLabel('E-mail').fill(BOB.email);
    await bob.getByLabel('Password').fill(BOB.password);
    await bob.getByRole('button', { name: 'Sign in' }).click();
    await bob.getByText('E-mail or password is wrong, or the user is disabled.').waitFor();
    await axeClean(bob);
    await screenshots(bob, 'sign-in-failed');
    await bob.getByLabel('E-mail').fill(ADA.email);
    await bob.getByLabel('Password').fill(ADA.password);
    await bob.getByRole('button', { name: 'Sign in' }).click();
    await bob.getByRole('heading', { name: 'Connections' }).waitFor();
    expect(portal.complaints).toEqual([]);
  });

  it('signing out leads to the sign-in page, and back does not lead in again', async () => {
    await ada.goto(`${portal.url}/`);
    await ada.getByRole('button', { name: 'Account and theme' }).click();
    await ada.getByRole('menuitem', { name: 'Sign out' }).click();
    await ada.getByRole('heading', { name: 'Sign in to Millrace' }).waitFor();
    await ada.goBack();
    await ada.getByRole('heading', { name: 'Sign in to Millrace' }).waitFor();
  });
});
