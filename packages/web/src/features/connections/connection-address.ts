/** Where a connection leads, in one line made of the settings that say so; secrets are never among them. */
export function addressOf(settings: Readonly<Record<string, unknown>>): string {
  const text = (key: string): string | undefined => {
    const value = settings[key];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  };
  const place = text('path') ?? text('folder') ?? text('file') ?? text('root') ?? text('socket');
  if (place !== undefined) return place;
  const host = text('host');
  const port = text('port');
  const database = text('database');
  const server = host === undefined ? '' : port === undefined ? host : `${host}:${port}`;
  return database === undefined ? server : `${server}/${database}`;
}
