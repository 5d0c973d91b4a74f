import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type Scene, scenesOf } from './scenes.ts';
import { ensureSealed, type Sealed, type Work } from './sealed-folder.ts';
import { PermanentStageError } from './stage.ts';

const scriptFile = 'script.json';
const Script = z.object({
  scenes: z.array(z.object({ text: z.string().min(1), durationS: z.number().positive() })).min(1),
});

/** What the script stage has made. */
export interface ScriptWork extends Sealed {
  scenes: Scene[];
}

/**
 * The script stage: the project's text as scenes, in script.json.
 * Throws PermanentStageError if the text has nothing that can be shown.
 */
export async function ensureScript(work: Work): Promise<ScriptWork> {
  const sealed = await ensureSealed(work, 'script', [work.project.content], async (folder) => {
    const scenes = scenesOf(work.project.content);
    if (scenes.length === 0) throw new PermanentStageError('the text has nothing to show');
    await writeFile(join(folder, scriptFile), JSON.stringify({ scenes }, null, 2));
  });
  const text = await readFile(join(sealed.folder, scriptFile), 'utf8');
  return { ...sealed, scenes: Script.parse(JSON.parse(text)).scenes };
}
