// Owns what tests need beside the code under test: real servers, processes, faults on the wire, seeds, secret canaries.
// Refuses to know any connector and any test runner.
// Servers: ask `requireServer` for a shared one, `startPrivateServer` for one that the test may kill.
// Defining a server: `TestServerDefinition`, with `runServer` for the common life of a database server.
// Faults: `startTcpProxy`. Secrets: `findSecrets`.
export { cachedFolder } from './cached-folder.ts';
export { certificateFiles, writeCertificates } from './certificates.ts';
export { ensureDebianPackages, findProgram } from './debian-packages.ts';
export type { DebianPackages } from './debian-packages.ts';
export {
  extractDebianPackages,
  extractOneDebianPackage,
  programInExtracted,
} from './extracted-debian-packages.ts';
export type { ExtractedDebianPackages } from './extracted-debian-packages.ts';
export { freePort } from './free-port.ts';
export { startProcess } from './managed-process.ts';
export type { ManagedProcess, ManagedProcessOptions, ProcessEnd } from './managed-process.ts';
export type { ProxyBreak, ProxyDirection, ProxyFault } from './proxy-fault.ts';
export { newSeed, seededRandom } from './random.ts';
export type { Random } from './random.ts';
export { filesOf, publishRequest } from './publish-request.ts';
export { runCommand } from './run-command.ts';
export type { CommandOptions } from './run-command.ts';
export { runServer } from './run-server.ts';
export type { ServerRecipe } from './run-server.ts';
export { controlVariable, serveControl } from './server-control.ts';
export type { ServerControl } from './server-control.ts';
export { findSecrets, findSecretsInFiles } from './secret-scan.ts';
export type { SecretFinding, SecretFindingInFile } from './secret-scan.ts';
export { openServerPool } from './server-pool.ts';
export type { ServerPool } from './server-pool.ts';
export { testPassword } from './server.ts';
export type { TestServer, TestServerDefinition } from './server.ts';
export { startTcpProxy } from './tcp-proxy.ts';
export type { ArmOptions, TcpProxy, TcpProxyOptions } from './tcp-proxy.ts';
export { requireServer, startPrivateServer, testServer } from './servers.ts';
export type { PrivateServer, SharedServer } from './servers.ts';
export { tiedCommand } from './tied-command.ts';
export { testStage } from './test-stage.ts';
export type { TestStage } from './test-stage.ts';
export { removeAbandonedFolders, temporaryFolder } from './temporary-folder.ts';
export type { TemporaryFolder } from './temporary-folder.ts';
