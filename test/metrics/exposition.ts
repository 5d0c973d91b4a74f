/** What is read at /metrics. */
export interface Exposition {
  /** The value of a series, such as showrunner_errors_total{code="BAD_REQUEST"}; undefined where it is not there. */
  value(series: string): number | undefined;
  /** The type of every metric, by name. */
  readonly types: ReadonlyMap<string, string>;
  /** The names of all series, labels included. */
  readonly series: readonly string[];
}

/** As Prometheus reads them: of the delay of the event loop there is no mean before it was measured. */
const NUMBER = /^([-+]?\d+(\.\d+)?(e[-+]?\d+)?|[-+]?inf|nan)$/i;

/** Reads Prometheus's text format. Throws where it is broken: a sample without HELP and TYPE, or one that comes twice. */
export function parseExposition(text: string): Exposition {
  const types = new Map<string, string>();
  const helped = new Set<string>();
  const values = new Map<string, number>();
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (kind === 'HELP') {
      helped.add(name);
    } else if (kind === 'TYPE') {
      types.set(name, rest);
    } else {
      const [, series = '', metric = '', value = ''] = /^(([a-z_:][\w:]*)(?:\{.*\})?) (\S+)$/i.exec(line) ?? [];
      const family = types.has(metric) ? metric : metric.replace(/_(bucket|sum|count)$/, '');
      if (!types.has(family) || !helped.has(family) || values.has(series) || !NUMBER.test(value)) {
        throw new Error(`not in the text format: ${line}`);
      }
      values.set(series, Number(value));
    }
  }
  return { value: (series) => values.get(series), types, series: [...values.keys()] };
}

/** Reads the figures of a service. */
export async function scrape(url: string, headers: Record<string, string> = {}): Promise<Exposition> {
  const response = await fetch(url, { headers });
  if (response.status !== 200) {
    throw new Error(`${url} answers ${response.status}: ${await response.text()}`);
  }
  return parseExposition(await response.text());
}
