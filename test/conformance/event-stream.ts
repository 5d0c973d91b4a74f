/** One event of an event stream, by the HTML standard. */
export interface StreamEvent {
  /** message, where the stream does not say. */
  readonly event: string;
  readonly data: string;
}

/** Takes the stream of a response apart as EventSource does. What is cut off at its end is no event. */
export async function* eventsOf(response: Response): AsyncGenerator<StreamEvent, void> {
  let event = '';
  let data: string[] = [];
  for await (const line of linesOf(response)) {
    if (line === '') {
      if (data.length > 0) {
        yield { event: event || 'message', data: data.join('\n') };
      }
      event = '';
      data = [];
      continue;
    }
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'event') {
      event = value;
    } else if (field === 'data') {
      data.push(value);
    }
  }
}

/** The lines of a response as they come, comments and empty ones among them. */
export async function* linesOf({ body }: Response): AsyncGenerator<string, void> {
  let rest = '';
  for await (const text of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (rest + text).split(/\r\n|\n|\r/);
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
