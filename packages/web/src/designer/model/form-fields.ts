import { stepJsonSchema, type DocumentPath, type JsonSchema, type VerbName } from '@millrace/spec';

/** How a value is entered. */
export type Control =
  | { readonly kind: 'text' }
  | { readonly kind: 'sql' }
  | { readonly kind: 'column' }
  | { readonly kind: 'connection' }
  | { readonly kind: 'number' }
  | { readonly kind: 'switch' }
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  | { readonly kind: 'list'; readonly item: 'column' | 'text' | 'sql' }
  | { readonly kind: 'pairs'; readonly from: 'column' | 'text'; readonly to: 'column' | 'text' | 'sql' }
  | { readonly kind: 'group'; readonly fields: readonly FormField[] }
  /** One of several forms; which one follows from the value. */
  | { readonly kind: 'either'; readonly of: readonly Control[] }
  /** What has no form of its own is written as YAML. */
  | { readonly kind: 'yaml' };

export interface FormField {
  /** From the step down: `['filter', 'where']`. */
  readonly path: DocumentPath;
  readonly label: string;
  readonly help: string;
  readonly isRequired: boolean;
  readonly control: Control;
  readonly example: string;
}

const known = new Map<VerbName, readonly FormField[]>();

/** The fields of a verb's settings, without those that name other steps: connections are drawn. */
export function settingFields(verb: VerbName, inputs: readonly (readonly string[])[]): readonly FormField[] {
  const before = known.get(verb);
  if (before !== undefined) return before;
  const schema = stepJsonSchema(verb);
  const settings = schema.properties?.[verb];
  const drawn = new Set(inputs.map(([first]) => first));
  const fields =
    typeof settings === 'object'
      ? fieldsOf(settings, [verb], schema).filter(
          ({ path }) => !drawn.has(String(path.at(-1))) || verb === 'template',
        )
      : [];
  known.set(verb, fields);
  return fields;
}

function fieldsOf(schema: JsonSchema, path: DocumentPath, root: JsonSchema): readonly FormField[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]): readonly FormField[] => {
    if (typeof property !== 'object') return [];
    const at = [...path, key];
    const of = resolve(property, root);
    return [
      {
        path: at,
        label: labelOf(key),
        help: property.description ?? of.description ?? '',
        isRequired: schema.required?.includes(key) ?? false,
        control: controlOf(of, at, root),
        example: exampleOf(property.examples ?? of.examples),
      },
    ];
  });
}

function controlOf(schema: JsonSchema, path: DocumentPath, root: JsonSchema): Control {
  const of = resolve(schema, root);
  if (of.enum !== undefined) return { kind: 'choice', options: of.enum.map(String) };
  const alternatives = of.anyOf?.flatMap((each) => (typeof each === 'object' ? [each] : []));
  if (alternatives !== undefined) {
    const controls = alternatives
      .map((each) => controlOf(each, path, root))
      .filter(({ kind }) => kind !== 'yaml');
    const [only] = controls;
    if (controls.length !== alternatives.length || only === undefined) return { kind: 'yaml' };
    return controls.length === 1 ? only : { kind: 'either', of: controls };
  }
  switch (of.type) {
    case 'string': {
      if (path.at(-1) === 'connection' || (path[0] === 'replicate' && path.at(-1) === 'from'))
        return { kind: 'connection' };
      return { kind: textKind(of) };
    }
    case 'integer':
    case 'number':
      return { kind: 'number' };
    case 'boolean':
      return { kind: 'switch' };
    case 'array': {
      const items =
        typeof of.items === 'object' && !Array.isArray(of.items) ? resolve(of.items, root) : undefined;
      return items?.type === 'string' && items.enum === undefined
        ? { kind: 'list', item: textKind(items) }
        : { kind: 'yaml' };
    }
    case 'object': {
      const values =
        typeof of.additionalProperties === 'object' ? resolve(of.additionalProperties, root) : undefined;
      if (values?.type === 'string' && values.enum === undefined) {
        const names = typeof of.propertyNames === 'object' ? of.propertyNames : {};
        return {
          kind: 'pairs',
          from: Reflect.get(names, 'column') === true ? 'column' : 'text',
          to: textKind(values),
        };
      }
      return of.properties === undefined
        ? { kind: 'yaml' }
        : { kind: 'group', fields: fieldsOf(of, path, root) };
    }
    default:
      return { kind: 'yaml' };
  }
}

function textKind(schema: JsonSchema): 'text' | 'sql' | 'column' {
  if (Reflect.get(schema, 'sql') === true) return 'sql';
  return Reflect.get(schema, 'column') === true ? 'column' : 'text';
}

function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const name = schema.$ref?.replace('#/$defs/', '');
  const found = name === undefined ? undefined : root.$defs?.[name];
  return typeof found === 'object' ? { ...found, ...schema } : schema;
}

/** `columnsRight` as `Columns right`. */
function labelOf(key: string): string {
  const words = key.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function exampleOf(examples: unknown): string {
  const [example]: readonly unknown[] = Array.isArray(examples) ? examples : [];
  return typeof example === 'string' ? example : example === undefined ? '' : JSON.stringify(example);
}
