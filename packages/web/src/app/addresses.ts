/** Every object has one address; these are the only places that spell them. */

export function pipelineAddress(pipeline: string): string {
  return `/pipelines/${encodeURIComponent(pipeline)}`;
}

export function runAddress(runId: string): string {
  return `/runs/${encodeURIComponent(runId)}`;
}

/** `ref` as operations name datasets: `warehouse/raw.orders`. */
export function datasetAddress(ref: string): string {
  return `/datasets/${encodeURIComponent(ref)}`;
}

export function connectionAddress(connection: string): string {
  return `/connections/${encodeURIComponent(connection)}`;
}
