import { z } from 'zod';

import { acceptedCheck } from './checks/accepted.ts';
import { distributionCheck } from './checks/distribution.ts';
import { expressionCheck } from './checks/expression.ts';
import { freshnessCheck } from './checks/freshness.ts';
import { lengthCheck } from './checks/length.ts';
import { notNullCheck } from './checks/not-null.ts';
import { patternCheck } from './checks/pattern.ts';
import { rangeCheck } from './checks/range.ts';
import { relationshipCheck } from './checks/relationship.ts';
import { rowCountCheck } from './checks/row-count.ts';
import { schemaCheck } from './checks/schema.ts';
import { sqlCheck } from './checks/sql.ts';
import { sumEqualsCheck } from './checks/sum-equals.ts';
import { typeCheck } from './checks/type.ts';
import { uniqueCheck } from './checks/unique.ts';
import { volumeCheck } from './checks/volume.ts';

/** Every check of the language. A new one is a file in `checks/` and a line here and in `checkItemSchema`. */
export const CHECKS = [
  notNullCheck,
  uniqueCheck,
  acceptedCheck,
  rangeCheck,
  lengthCheck,
  patternCheck,
  typeCheck,
  relationshipCheck,
  freshnessCheck,
  rowCountCheck,
  volumeCheck,
  distributionCheck,
  schemaCheck,
  expressionCheck,
  sumEqualsCheck,
  sqlCheck,
] as const;

type AnyCheck = (typeof CHECKS)[number];

export type CheckName = AnyCheck['name'];

/** What the document says of one check. */
export type CheckSettings<Name extends CheckName> = z.output<Extract<AnyCheck, { name: Name }>['schema']>;

/** An item of a list of checks; it has exactly one of the keys. */
export type CheckItem = { readonly [Name in CheckName]?: CheckSettings<Name> | undefined };

export const checkItemSchema = z
  .strictObject({
    notNull: notNullCheck.schema.optional(),
    unique: uniqueCheck.schema.optional(),
    accepted: acceptedCheck.schema.optional(),
    range: rangeCheck.schema.optional(),
    length: lengthCheck.schema.optional(),
    pattern: patternCheck.schema.optional(),
    type: typeCheck.schema.optional(),
    relationship: relationshipCheck.schema.optional(),
    freshness: freshnessCheck.schema.optional(),
    rowCount: rowCountCheck.schema.optional(),
    volume: volumeCheck.schema.optional(),
    distribution: distributionCheck.schema.optional(),
    schema: schemaCheck.schema.optional(),
    expression: expressionCheck.schema.optional(),
    sumEquals: sumEqualsCheck.schema.optional(),
    sql: sqlCheck.schema.optional(),
  } satisfies { [Name in CheckName]: z.ZodType })
  .refine((item) => Object.keys(item).length === 1, {
    message: 'must hold exactly one check',
    when: ({ issues }) => issues.length === 0,
  })
  .describe('One check by its name, with its settings.')
  .meta({ id: 'check', minProperties: 1, maxProperties: 1 });

/** What must hold for the rows of a step before other steps and destinations get them. */
export const checksSchema = z
  .array(checkItemSchema)
  .describe(
    'What must hold for the rows of the step before other steps and destinations get them. All are evaluated, also after the first that fails.',
  )
  .meta({
    examples: [
      [
        { notNull: { columns: ['id', 'customer_id'] } },
        { unique: { columns: ['id'] } },
        { accepted: { column: 'status', values: ['new', 'paid'], onFailure: 'quarantine' } },
      ],
    ],
  });

/** The name of the check of an item. */
export function checkName(item: CheckItem): CheckName {
  for (const { name } of CHECKS) if (item[name] !== undefined) return name;
  throw new TypeError('A parsed item has one of the checks.');
}

/** The definition of a check. */
export function checkDefinition(name: CheckName): AnyCheck {
  const found = CHECKS.find((check) => check.name === name);
  if (found === undefined) throw new TypeError(`There is no check ${name}.`);
  return found;
}
