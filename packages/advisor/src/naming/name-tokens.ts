/** `customerIDs`, `customer_id`, `CUSTOMER-ID`: the words of a name, lower case, one of many for many. */
export function nameTokens(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .replace(/([a-zA-Z])(\d)/g, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((token) => token !== '')
    .map((token) => singular(token.toLowerCase()));
}

/** Words that say that a column identifies something, not what. */
const KEY_WORDS: ReadonlySet<string> = new Set([
  'id',
  'key',
  'code',
  'no',
  'num',
  'nr',
  'number',
  'fk',
  'pk',
  'uid',
  'uuid',
  'guid',
  'ref',
  'sk',
]);

export function endsInKeyWord(tokens: readonly string[]): boolean {
  return KEY_WORDS.has(tokens.at(-1) ?? '');
}

/** What is named, without the words of naming: `customer` for customer_id. */
export function stemOf(tokens: readonly string[]): readonly string[] {
  const stem = tokens.filter((token) => !KEY_WORDS.has(token));
  return stem.length > 0 ? stem : [];
}

/**
 * Cuts names that were glued together (`businessentityid`) at words that other names of the schema have, the fewest
 * words first. A name that cannot be cut stays whole.
 */
export function segmentTokens(tokens: readonly string[], vocabulary: ReadonlySet<string>): readonly string[] {
  return tokens.flatMap((token) => {
    if (token.length < 5 || vocabulary.has(token)) return [token];
    return segment(token, vocabulary) ?? [token];
  });
}

function segment(token: string, vocabulary: ReadonlySet<string>): readonly string[] | undefined {
  const best: (readonly string[] | undefined)[] = [[]];
  for (let end = 1; end <= token.length; end += 1) {
    for (let start = Math.max(0, end - 24); start < end; start += 1) {
      const before = best[start];
      const word = singular(token.slice(start, end));
      if (before === undefined || !(vocabulary.has(word) || KEY_WORDS.has(word))) continue;
      const words = [...before, word];
      if (best[end] === undefined || words.length < (best[end]?.length ?? 0)) best[end] = words;
    }
  }
  const found = best[token.length];
  return found !== undefined && found.length > 1 ? found : undefined;
}

const IRREGULAR: Readonly<Record<string, string>> = {
  people: 'person',
  children: 'child',
  men: 'man',
  women: 'woman',
  indices: 'index',
  addresses: 'address',
  statuses: 'status',
  series: 'series',
  news: 'news',
};

function singular(word: string): string {
  const irregular = Object.hasOwn(IRREGULAR, word) ? IRREGULAR[word] : undefined;
  if (irregular !== undefined) return irregular;
  if (word.length < 4 || /(?:ss|us|is)$/.test(word)) return word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(?:sses|shes|ches|xes|zes)$/.test(word)) return word.slice(0, -2);
  return word.endsWith('s') ? word.slice(0, -1) : word;
}
