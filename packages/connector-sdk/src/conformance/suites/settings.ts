import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import type { ConnectorDefinition } from '../../connector.ts';
import type { HarnessInstance } from '../harness.ts';

interface Property {
  readonly [key: string]: unknown;
  readonly properties?: Readonly<Record<string, Property>>;
  readonly anyOf?: readonly Property[];
  readonly oneOf?: readonly Property[];
}

/** The settings of a connector are declared once, and everything else follows from the declaration. */
export function describeSettings<Config>(
  connector: ConnectorDefinition<Config>,
  instance: HarnessInstance,
): void {
  describe('settings', () => {
    const settings = Object.entries(
      propertiesOf(z.toJSONSchema(connector.config, { io: 'input' }) as Property),
    );

    it('survive a round trip through JSON', () => {
      const parsed = connector.config.parse(instance.config);
      const again: unknown = JSON.parse(JSON.stringify(parsed));
      expect(connector.config.parse(again)).toEqual(parsed);
    });

    it('refuse a key that is not one, by its name', () => {
      const refused = connector.config.safeParse({ ...instance.config, paswordd: 'x' });
      expect(refused.success).toBe(false);
      expect(JSON.stringify(refused.error?.issues)).toContain('paswordd');
    });

    it('are each described, with a title and an example', () => {
      expect(settings.length).toBeGreaterThan(0);
      const bare = settings.filter(
        ([, value]) => !value['description'] || !value['title'] || !value['examples'],
      );
      expect(bare.map(([name]) => name)).toEqual([]);
    });

    it('mark what is secret', () => {
      const secretNames = Object.entries(instance.config).flatMap(([name, value]) =>
        instance.secrets.includes(String(value)) ? [name] : [],
      );
      const marked = settings.flatMap(([name, value]) => (value['secret'] === true ? [name] : []));
      expect(marked).toEqual(expect.arrayContaining(secretNames));
      expect(secretNames.length).toBe(instance.secrets.length);
    });

    it('cannot be opened for what the definition does not offer', () => {
      expect(connector.openSource === undefined).toBe(connector.capabilities.source === undefined);
      expect(connector.openDestination === undefined).toBe(connector.capabilities.destination === undefined);
      expect(connector.destinationType === undefined).toBe(connector.capabilities.destination === undefined);
      expect(connector.sourceTypes === undefined).toBe(connector.capabilities.source === undefined);
    });
  });
}

function propertiesOf(schema: Property): Readonly<Record<string, Property>> {
  const parts = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].map(propertiesOf);
  return Object.assign({}, ...parts, schema.properties) as Readonly<Record<string, Property>>;
}
