import type { CommandDeclaration } from './command.ts';

const email = { name: 'email', description: 'e-mail address of the user' } as const;

/** Who may sign in to the server of the project; also for when nobody can. */
export const USER_COMMANDS: readonly CommandDeclaration[] = [
  {
    name: 'users list',
    summary: 'List who may sign in at the portal, and as what',
    arguments: [],
    options: [],
    examples: ['millrace users list'],
    usesRunner: false,
    load: async () => (await import('../actions/users.ts')).listUsers,
  },
  {
    name: 'users invite',
    summary: 'Add a user; prints the link with which that person sets a password, once',
    arguments: [email],
    options: [
      { flags: '--role <role>', description: 'viewer (when left out), analyst, engineer or owner' },
      { flags: '--name <name>', description: "the person's name" },
    ],
    examples: ['millrace users invite ada@example.org --role engineer'],
    usesRunner: false,
    load: async () => (await import('../actions/users.ts')).inviteUser,
  },
  {
    name: 'users link',
    summary: 'Print a link with which a user sets a new password, once; also the last owner',
    arguments: [email],
    options: [],
    examples: ['millrace users link ada@example.org'],
    usesRunner: false,
    load: async () => (await import('../actions/users.ts')).linkUser,
  },
];
