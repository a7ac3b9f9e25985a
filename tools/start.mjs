// node tools/start.mjs COMMAND [ARGUMENTS]: what every npm script runs. Plain JavaScript that an older Node can parse.
// It installs and compiles what is missing, then runs the command on the Node that the project brings along.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import {
  become,
  binFolder,
  localNode,
  minimumVersion,
  projectFolder,
  usableNode,
} from '../bin/local-node.mjs';
import { compiledProgram, programFile } from '../bin/compiled.mjs';

const files = {
  demo: 'packages/cli/src/demo/main.ts',
  test: 'tools/test.ts',
  check: 'tools/check.ts',
  gen: 'tools/gen.ts',
  bench: 'bench/main.ts',
  soak: 'tools/soak.ts',
  'new-connector': 'tools/new-connector.ts',
};
/** They start `bin/millrace.mjs`, or are compiled themselves. */
const usesCompiled = new Set(['demo', 'test', 'bench', 'soak']);
const compiler = join(projectFolder, 'tools/compile/main.ts');

const [command = '', ...args] = process.argv.slice(2);
const file = files[command];
if (file === undefined)
  fail(`There is no command "${command}"; the commands are ${Object.keys(files).join(', ')}.`);

if (!isInstalled()) {
  console.log('Installing the packages that package-lock.json lists (npm ci); this takes a minute.');
  const { status } = npm('ci', '--no-audit', '--no-fund', '--loglevel=error');
  if (status !== 0) fail('npm ci failed; its message is above. Once it passes, run this command again.');
}
if (!existsSync(localNode)) repairLocalNode();
const node = usableNode();
if (node === undefined) {
  fail(
    `This needs Node ${minimumVersion} or newer, and npm could not fetch it: install it and run this again.`,
  );
}
if (!existsSync(join(projectFolder, file))) fail(`${file} does not exist, so there is no "${command}" here.`);
if (usesCompiled.has(command) && existsSync(compiler) && !compiledProgram(files.demo)) compile();
become(node, [programFile(file), ...args]);

/** Whether node_modules holds every package of the lock file in its version. */
function isInstalled() {
  const wanted = readPackages(join(projectFolder, 'package-lock.json'));
  const installed = readPackages(join(projectFolder, 'node_modules', '.package-lock.json'));
  if (installed === undefined) return false;
  return Object.entries(wanted ?? {}).every(([path, { version, optional, devOptional, peer }]) => {
    if (path === '' || !path.includes('node_modules/')) return true;
    const found = installed[path];
    // Packages for other platforms are listed in the lock file and not installed.
    if (found === undefined) return optional === true || devOptional === true || peer === true;
    return found.version === version;
  });
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** A command line of few files starts in half the time; without it the sources run. */
function compile() {
  console.log('Compiling the command line, which is new or changed …');
  const options = { stdio: ['ignore', 'inherit', 'pipe'], encoding: 'utf8' };
  const { status, stderr } = spawnSync(node, [compiler], options);
  if (status !== 0) console.error(`It could not be compiled, so its sources are run as they are: ${stderr}`);
}

/** npm 12 and --ignore-scripts leave out the install script that fetches Node. */
function repairLocalNode() {
  const folder = join(projectFolder, 'node_modules', 'node');
  if (!existsSync(folder)) return;
  console.log(`Fetching Node ${JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version}.`);
  const options = { cwd: folder, stdio: 'ignore', env: npmEnvironment() };
  spawnSync(process.execPath, ['installArchSpecificPackage.js'], options);
}

function npm(...npmArguments) {
  const options = { cwd: projectFolder, stdio: ['ignore', 'inherit', 'inherit'], env: npmEnvironment() };
  return spawnSync('npm', npmArguments, { ...options, shell: process.platform === 'win32' });
}

/** npm must not run on the local Node, which it is about to replace, nor inherit the settings of the npm that runs this. */
function npmEnvironment() {
  const ownFolders = new Set([binFolder, dirname(localNode)]);
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !ownFolders.has(folder));
  const environment = { ...process.env, PATH: path.join(delimiter) };
  for (const name of ['npm_execpath', 'npm_node_execpath', 'NODE', 'INIT_CWD']) delete environment[name];
  return environment;
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
