import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import stringWidth from 'string-width';
import type { WatchedProject } from './watch.ts';

/** Shows how far projects are. */
export interface ProgressView extends Disposable {
  show(project: WatchedProject): void;
}

const NAME_COLUMNS = 28;

/** A bar per project on a terminal; elsewhere a line per change of status. */
export function openProgressView(output: NodeJS.WriteStream): ProgressView {
  return output.isTTY ? barView(output) : lineView(output);
}

function barView(output: NodeJS.WriteStream): ProgressView {
  const bars = new Map<string, SingleBar>();
  const multi = new MultiBar(
    { stream: output, hideCursor: true, format: ' {bar} {percentage}% {name} {status}', forceRedraw: true },
    Presets.shades_classic,
  );
  return {
    show(project) {
      const payload = { name: columns(project.name), status: label(project) };
      const bar = bars.get(project.id);
      if (bar === undefined) {
        bars.set(project.id, multi.create(100, project.progress, payload));
      } else {
        bar.update(project.progress, payload);
      }
    },
    [Symbol.dispose]() {
      multi.stop();
    },
  };
}

function lineView(output: NodeJS.WriteStream): ProgressView {
  const shown = new Map<string, string>();
  return {
    show(project) {
      if (shown.get(project.id) !== project.status) {
        shown.set(project.id, project.status);
        output.write(`${String(project.progress).padStart(3)}% ${project.name}: ${label(project)}\n`);
      }
    },
    [Symbol.dispose]() {},
  };
}

function label({ status, errorMessage }: WatchedProject): string {
  const words = status.toLowerCase().replaceAll('_', ' ');
  return errorMessage == null ? words : `${words} (${errorMessage})`;
}

/** A name cut or filled to a fixed number of columns. */
function columns(name: string): string {
  let text = name;
  while (stringWidth(text) > NAME_COLUMNS) {
    text = [...text].slice(0, -1).join('');
  }
  return text + ' '.repeat(NAME_COLUMNS - stringWidth(text));
}
