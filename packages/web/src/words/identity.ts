import { defineWords } from './define-words.ts';

export const identityWords = defineWords('identity', {
  signIn: 'Sign in',
  signInTo: 'Sign in to Millrace',
  email: 'E-mail',
  password: 'Password',
  name: 'Your name',
  signInFailed: 'You are not signed in',
  needsSetup: 'Nobody can sign in yet',
  needsSetupHelp:
    'When the server started it printed a link that makes the administrator. Open that link. It works once, for 30 minutes; starting the server again prints a new one.',
  lookAgain: 'Look again',
  forgotten: 'Forgot the password? An owner of the project can make a link for a new one.',
  authOff: 'This server runs without sign-in: everybody on this machine may do everything.',
  toPortal: 'Go to the portal',
  setUp: 'Set up Millrace',
  setUpHelp: 'You are the first here. This makes the administrator, who can invite the others.',
  welcome: 'Welcome to Millrace',
  welcomeHelp: 'Choose a password for {{email}}. You will have the role {{role}}.',
  makeAdministrator: 'Make the administrator',
  setPassword: 'Set the password',
  passwordHelp: 'At least 12 characters. A sentence that only you would say is a good one.',
  passwordAgain: 'Password again',
  passwordsDiffer: 'The two are not the same.',
  passwordShort: '{{count}} of 12 characters so far.',
  emailWrong: 'Write it as name@example.org.',
  setUpFailed: 'The password was not set',
  linkDead: 'This link does not work any more',
  linkDeadHelp:
    'It was used already, or is too old. The administrator’s link: start the server again, it prints a new one. Any other: ask an owner of the project for a new link.',
  toSignIn: 'Go to sign-in',
  looking: 'Looking at the link…',
});
