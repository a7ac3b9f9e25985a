/** The present colour of a token (`--accent`) as `rgb(…)`, for canvases, which do not know custom properties. */
export function tokenColor(token: `--${string}`): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  const canvas = document.createElement('canvas');
  canvas.width = 1;
  canvas.height = 1;
  const context = canvas.getContext('2d');
  if (context === null) return color;
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0, alpha = 255] = context.getImageData(0, 0, 1, 1).data;
  return `rgba(${red}, ${green}, ${blue}, ${Number((alpha / 255).toFixed(3))})`;
}

/** Colours of up to eight series of a chart, in their order. */
export function seriesColors(): readonly string[] {
  return ([1, 2, 3, 4, 5, 6, 7, 8] as const).map((series) => tokenColor(`--series-${series}`));
}
