import { describeConnector } from '@millrace/connector-sdk/conformance';

import { connector } from './connector.ts';
import { harness } from './harness/harness.ts';

await describeConnector(connector, harness);
