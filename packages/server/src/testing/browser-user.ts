import type { ServedProject } from './served-project.ts';

/** A person's browser, as far as cookies go. */
export class BrowserUser {
  readonly #served: ServedProject;
  cookie: string | undefined;

  constructor(served: ServedProject, cookie?: string) {
    this.#served = served;
    this.cookie = cookie;
  }

  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const response = await this.#served.request(path, {
      method,
      headers: {
        'content-type': 'application/json',
        origin: this.#served.server.url,
        'sec-fetch-site': 'same-origin',
        ...(this.cookie === undefined ? {} : { cookie: this.cookie }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const [set] = response.headers.getSetCookie();
    if (set !== undefined) this.cookie = set.split(';')[0];
    return response;
  }

  post(path: string, body: unknown = {}): Promise<Response> {
    return this.send('POST', path, body);
  }

  async signIn(email: string, password: string): Promise<Response> {
    return await this.post('/api/session', { email, password });
  }
}

export const OWNER = { email: 'owner@example.org', password: 'correct horse battery' };

/** The first administrator, signed in by the link that the server printed. */
export async function setUpOwner(served: ServedProject): Promise<BrowserUser> {
  const user = new BrowserUser(served);
  const token = served.server.setupUrl?.split('#')[1];
  const made = await user.post('/api/setup', { token, ...OWNER });
  if (!made.ok) throw new Error(`The set-up failed: ${await made.text()}`);
  return user;
}

/** Another user with this role, signed in. */
export async function inviteAndSignIn(
  served: ServedProject,
  owner: BrowserUser,
  role: string,
): Promise<{
  readonly user: BrowserUser;
  readonly userId: string;
  readonly email: string;
  readonly password: string;
}> {
  const email = `${role}-${Math.random().toString(36).slice(2, 8)}@example.org`;
  const password = `the password of ${email}`;
  const invited = await owner.post('/api/identity/invite-user', { email, role });
  const { token, userId } = (await invited.json()) as { token: string; userId: string };
  const user = new BrowserUser(served);
  await user.post('/api/setup', { token, password });
  return { user, userId, email, password };
}
