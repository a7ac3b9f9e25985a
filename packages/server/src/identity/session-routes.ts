import {
  MAX_PASSWORD_LENGTH,
  acceptInvitation,
  emailSchema,
  endSession,
  findSession,
  hasUsers,
  isKnownAddress,
  isRefusal,
  loadProject,
  passwordSchema,
  permissionsOf,
  readInvitation,
  signIn,
  startSession,
  toOperationError,
} from '@millrace/control-plane';
import type { Context, Hono } from 'hono';
import { z } from 'zod';

import type { Auditor } from '../operations/auditor.ts';
import { refuse } from '../operations/refuse.ts';
import { limitBody } from '../security/limit-body.ts';
import type { ServerEnvironment } from '../server-environment.ts';
import { AttemptLimiter } from './attempt-limiter.ts';
import { NOBODY, identify, refuseForNow } from './identify.ts';
import type { IdentifyOptions } from './identify.ts';

const credentials = z.strictObject({
  email: z.string().trim().min(1).max(254),
  password: z.string().min(1).max(MAX_PASSWORD_LENGTH),
});
const link = z.strictObject({ token: z.string().max(200) });
const acceptance = z.strictObject({
  ...link.shape,
  password: passwordSchema,
  email: emailSchema.optional(),
  name: z.string().trim().max(100).optional(),
});
const smallBody = limitBody(16 * 1024);

/**
 * Signing in and out, and the links that set a password: the only routes under `/api` that need no caller, because they
 * make one. They set the cookie, so they are routes and no operations.
 */
export function addSessionRoutes(
  app: Hono<ServerEnvironment>,
  options: IdentifyOptions,
  audit: Auditor,
): void {
  const { host, cookie, isAuthOff, addressOf } = options;
  const limiter = new AttemptLimiter();

  app.get('/api/session', async (c) => {
    const caller = await identify(c, options);
    const store = await host.store();
    const project = await loadProject(host.projectFolder, host.projectFolder).catch(() => undefined);
    return c.json({
      /** A stranger learns only whether to sign in. */
      project: caller ? (project?.document.name ?? null) : null,
      isAuthOff,
      needsSetup: !isAuthOff && !(await hasUsers(store)),
      caller: caller ?? null,
      permissions: caller ? permissionsOf(caller.role) : [],
    });
  });

  app.post('/api/session', smallBody, async (c) => {
    if (isAuthOff) return refuse(c, 400, 'configInvalid', 'This server runs without sign-in.');
    const parsed = credentials.safeParse(await readBody(c));
    if (!parsed.success) return refuse(c, 400, 'commandInvalid', 'Send e-mail and password.');
    const { email, password } = parsed.data;
    const store = await host.store();
    const address = addressOf(c);
    // Guesses from everywhere at one account meet one bound; whoever signed in to it from here before is not kept out by them.
    const isKnown = await isKnownAddress(store, email, address);
    const names = isKnown ? [`address ${address}`] : [`address ${address}`, `account ${email.toLowerCase()}`];
    for (const name of names) {
      const wait = limiter.take(name);
      if (wait > 0) return refuseForNow(c, wait);
    }
    const actor = { ...NOBODY, name: email };
    const signedIn = await signIn(store, { email, password, address }, Date.now());
    if (!signedIn) {
      await audit(c, {
        actor,
        action: 'session/sign-in',
        target: '',
        outcome: 'denied',
        reason: 'wrongPassword',
      });
      return refuse(c, 401, 'signInFailed', 'E-mail or password is wrong, or the user is disabled.');
    }
    for (const name of names) limiter.giveBack(name);
    await endPresented(c);
    cookie.write(c, signedIn.token);
    await audit(c, {
      actor: signedIn.caller,
      action: 'session/sign-in',
      target: '',
      outcome: 'done',
      reason: null,
    });
    return c.json({ caller: signedIn.caller, permissions: permissionsOf(signedIn.caller.role) });
  });

  app.delete('/api/session', async (c) => {
    const caller = await identify(c, options);
    await endPresented(c);
    cookie.clear(c);
    if (caller?.by === 'session')
      await audit(c, {
        actor: caller,
        action: 'session/sign-out',
        target: '',
        outcome: 'done',
        reason: null,
      });
    return c.json({});
  });

  app.post('/api/setup/look', smallBody, async (c) => {
    const parsed = link.safeParse(await readBody(c));
    const invited = parsed.success
      ? await readInvitation(await host.store(), parsed.data.token, Date.now())
      : undefined;
    if (!invited) return refuse(c, 404, 'linkDead', 'This link was used already, or is too old.');
    return c.json(invited);
  });

  app.post('/api/setup', smallBody, async (c) => {
    const wait = limiter.take(`setup ${addressOf(c)}`);
    if (wait > 0) return refuseForNow(c, wait);
    const parsed = acceptance.safeParse(await readBody(c));
    try {
      if (!parsed.success) throw parsed.error;
      const store = await host.store();
      const { userId } = await acceptInvitation(store, parsed.data, Date.now());
      const token = await startSession(store, userId, addressOf(c), Date.now());
      await endPresented(c);
      cookie.write(c, token);
      const actor = (await findSession(store, token, Date.now())) ?? NOBODY;
      await audit(c, { actor, action: 'session/set-password', target: '', outcome: 'done', reason: null });
      return c.json({});
    } catch (thrown) {
      const error = toOperationError(thrown, host.redactor);
      await audit(c, {
        actor: NOBODY,
        action: 'session/set-password',
        target: '',
        outcome: 'denied',
        reason: error.code,
      });
      return c.json({ error }, isRefusal(error) ? 400 : 500);
    }
  });

  app.get('/api/health', (c) => c.json({ status: 'ok' }));

  /** A cookie that was there before signing in, whoever set it, opens nothing afterwards. */
  async function endPresented(c: Context): Promise<void> {
    const presented = cookie.read(c);
    if (presented !== undefined) await endSession(await host.store(), presented, Date.now());
  }
}

async function readBody(c: Context): Promise<unknown> {
  try {
    return JSON.parse(await c.req.text());
  } catch {
    return undefined;
  }
}
