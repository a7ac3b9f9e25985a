import { PipelineError } from '@millrace/connector-sdk';

/** A matcher for paths below the root. Throws PipelineError for a pattern that could leave it. */
export function compileGlob(pattern: string): (path: string) => boolean {
  const segments = pattern.split('/');
  if (
    pattern.startsWith('/') ||
    pattern.includes('\\') ||
    pattern.includes('\0') ||
    /^[a-z]:/i.test(pattern) ||
    segments.some((segment) => segment === '..' || segment === '.' || segment === '')
  ) {
    throw new PipelineError({
      code: 'configInvalid',
      blame: 'config',
      retry: 'never',
      message: `${JSON.stringify(pattern)} is not a path below the root folder. Write it relative to the root, with / and without "..".`,
    });
  }
  const source = segments
    .map((segment, index) => {
      const isLast = index === segments.length - 1;
      if (segment === '**') return isLast ? '.*' : '(?:[^/]+/)*';
      const text = segment
        .replace(/\*+/g, '*')
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replaceAll('*', '[^/]*')
        .replaceAll('?', '[^/]');
      return isLast ? text : `${text}/`;
    })
    .join('');
  const expression = new RegExp(`^${source}$`, 'su');
  return (path) => expression.test(path);
}
