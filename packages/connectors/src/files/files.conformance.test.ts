import { describeConnector } from '@millrace/connector-sdk/conformance';

import { connector } from './connector.ts';
import { harness } from './harness/conformance-harness.ts';

await describeConnector(connector, harness);
