import { frameRoute } from './frame-route.tsx';
import { rootRoute } from './root-route.tsx';
import { connectRoute } from './routes/connect.ts';
import { connectionRoute } from './routes/connection.ts';
import { connectionsRoute } from './routes/connections.ts';
import { datasetRoute, datasetsRoute } from './routes/datasets.ts';
import { designerRoute } from './routes/designer.ts';
import { homeRoute } from './routes/home.ts';
import { pipelinesRoute } from './routes/pipelines.ts';
import { qualityRoute } from './routes/quality.ts';
import { runRoute } from './routes/run.ts';
import { runsRoute } from './routes/runs.ts';
import { schedulesRoute } from './routes/schedules.ts';
import { settingsRoute } from './routes/settings.ts';
import { setupRoute } from './routes/setup.ts';
import { signInRoute } from './routes/sign-in.ts';
import { sqlRoute } from './routes/sql.ts';

/** Every page: one file in `routes/` and one line here. The rail and the palette follow from their `staticData`. */
export const routeTree = rootRoute.addChildren([
  signInRoute,
  setupRoute,
  frameRoute.addChildren([
    homeRoute,
    pipelinesRoute,
    designerRoute,
    runsRoute,
    runRoute,
    schedulesRoute,
    datasetsRoute,
    datasetRoute,
    sqlRoute,
    qualityRoute,
    connectionsRoute,
    connectRoute,
    connectionRoute,
    settingsRoute,
  ]),
]);
