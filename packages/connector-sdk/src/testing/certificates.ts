import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';

/** Names of the files that `writeCertificates` leaves in its folder. */
export const certificateFiles = {
  authority: 'test-ca.pem',
  certificate: 'test-cert.pem',
  key: 'test-key.pem',
} as const;

/** Writes a private authority's certificate and a server certificate for 127.0.0.1 and localhost, valid for ten years. */
export async function writeCertificates(folder: string, signal: AbortSignal): Promise<void> {
  const { authority, certificate, key } = certificateFiles;
  const openssl = (line: string, ...subject: string[]): Promise<string> =>
    runCommand('openssl', [...line.split(' '), ...subject], { cwd: folder }, signal);
  const newKey = '-newkey rsa:2048 -nodes -sha256';
  await openssl(
    `req -x509 ${newKey} -keyout ca-key.tmp -out ${authority} -days 3650 -subj`,
    '/CN=Millrace test authority',
  );
  await openssl(`req ${newKey} -keyout ${key} -out request.tmp -subj /CN=localhost`);
  await writeFile(join(folder, 'extensions.tmp'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  await openssl(
    `x509 -req -in request.tmp -CA ${authority} -CAkey ca-key.tmp -set_serial 1 -out ${certificate} -days 3650 -extfile extensions.tmp`,
  );
  await runCommand('rm', ['ca-key.tmp', 'request.tmp', 'extensions.tmp'], { cwd: folder }, signal);
  await runCommand('chmod', ['600', key], { cwd: folder }, signal);
}
