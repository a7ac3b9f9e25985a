import { call } from '../../api/call.ts';

/** Bytes of one part. */
const PART = 1_500_000;

/** Sends a data file to the project in parts; where it can be read then. Throws `CallError` for what is refused. */
export async function uploadFile(
  file: File,
): Promise<{ readonly connection: string; readonly table: string }> {
  let uploadId: string | null = null;
  for (let offset = 0; ; offset += PART) {
    const part = file.slice(offset, offset + PART);
    const isLast = offset + PART >= file.size;
    const answer: Awaited<ReturnType<typeof send>> = await send(file.name, uploadId, offset, part, isLast);
    if (answer.source !== null) return answer.source;
    uploadId = answer.uploadId;
  }
}

async function send(name: string, uploadId: string | null, offset: number, part: Blob, isLast: boolean) {
  const data = base64Of(new Uint8Array(await part.arrayBuffer()));
  return await call('connections/upload-file', { name, uploadId, offset, data, isLast });
}

function base64Of(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += 32_768)
    binary += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(binary);
}
