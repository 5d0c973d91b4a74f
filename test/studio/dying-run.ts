// Runs one stage and dies by SIGKILL at its nth step: a call to the file system or a report of progress.
// Says "done" if the stage ended before that. A process of its own, started by killed.test.ts.
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { STAGES, type StageProject } from '../../src/studio/stage.ts';
import { createLocalStudio } from '../../src/studio/studio.ts';

const [dataDir = '', stageName = '', projectJson = '', stepText = ''] = process.argv.slice(2);
const project: StageProject = JSON.parse(projectJson);
let stepsLeft = Number(stepText);

function step(): void {
  stepsLeft -= 1;
  if (stepsLeft === 0) process.kill(process.pid, 'SIGKILL');
}

function stepping<Call extends (...args: never[]) => unknown>(call: Call): Call {
  return new Proxy(call, {
    apply(target, self, args) {
      step();
      return Reflect.apply(target, self, args);
    },
  });
}

fs.mkdir = stepping(fs.mkdir);
fs.writeFile = stepping(fs.writeFile);
fs.rename = stepping(fs.rename);
fs.link = stepping(fs.link);
fs.open = stepping(fs.open);
fs.rm = stepping(fs.rm);
syncBuiltinESMExports();

const stage = STAGES.find((name) => name === stageName);
if (!stage) throw new Error(`no stage ${stageName}`);
const { signal } = new AbortController();
await createLocalStudio({ dataDir }).run(stage, { project, signal, onProgress: step });
process.stdout.write('done');
