import { randomUUID } from 'node:crypto';
import { Option } from 'commander';
import type { CreateBatchInput, YoutubePrivacy } from '../../generated/cli-gql/graphql.ts';
import { printable } from '../columns.ts';
import { ExitCode } from '../exit-code.ts';
import { exitCodeOf, follow, followJson, sayOutcome } from '../follow.ts';
import { parseInstant, parsePrivacy, wholeNumber } from '../option-values.ts';
import { type BatchSettings, submit } from '../submit.ts';
import { say, sayJson } from '../terminal.ts';
import { defaultName, readTexts } from '../texts.ts';
import { count } from '../words.ts';
import { examples, type Run, runs, type Setting } from './command.ts';

interface SubmitOptions {
  name?: string;
  watch?: boolean;
  model?: string;
  privacy?: YoutubePrivacy;
  publishAt?: string;
  aiFlag: boolean;
  failureLimit?: number;
  configurationId?: string;
  promptTemplateId?: string;
  idempotencyKey?: string;
}

/** showrunner submit: makes a batch of texts in files and folders. */
export function addSubmit(setting: Setting): void {
  const command = setting.program
    .command('submit')
    .summary('make a batch of texts, a video of each')
    .description(
      'Makes a batch of texts, and a video of each. A folder stands for the .txt and .md files in it, in natural order ' +
        "of their names; folders in it are left out. A file's name without its ending names its project. Texts are " +
        'UTF-8, of 500 to 10,000 characters; white space around them does not count. Nothing is sent if one is wrong.',
    )
    .argument('<path...>', 'files and folders with texts')
    .option('-n, --name <name>', 'name of the batch (default: that of the folder or file, or how many texts there are)')
    .option('-w, --watch', 'follow the batch until it ends, as watch does')
    .option('--model <model>', 'Gemini model (default: gemini-1.5-flash)')
    .addOption(
      new Option('--privacy <privacy>', 'who may watch the videos: private, unlisted or public').argParser(
        parsePrivacy,
      ),
    )
    .addOption(
      new Option(
        '--publish-at <time>',
        'when to publish, such as 2030-01-31T18:00 by the clock of this machine, or with Z or +08:00 at its end',
      ).argParser(parseInstant),
    )
    .option('--no-ai-flag', 'do not declare the videos as made with the help of AI')
    .addOption(
      new Option(
        '--failure-limit <number>',
        'the batch fails once more projects than this have failed (default: it never does)',
      ).argParser(wholeNumber(0)),
    )
    .option('--configuration-id <uuid>', 'configuration to make the videos with')
    .option('--prompt-template-id <uuid>', 'prompt template to make the videos with')
    .option(
      '--idempotency-key <key>',
      'submitting again with the same key and texts gives the same batch (default: a new key each time)',
    );
  examples(command, setting, [
    'submit texts/',
    "submit intro.txt 'chapter 1.md' --name 'My book' --watch",
    'submit texts/ --privacy public --publish-at 2030-01-31T18:00 --failure-limit 3',
  ]);
  runs(command, setting, runSubmit);
}

async function runSubmit(paths: string[], { terminal, service, options }: Run<SubmitOptions>): Promise<ExitCode> {
  const texts = await readTexts(paths);
  const settings = settingsOf(options, options.name ?? defaultName(paths, texts));
  const { batch, replayed } = await submit(service, settings, texts, {
    onRetry: () => terminal.stderr.write(`No answer yet from ${service.url}: trying again, for 2 minutes at most\n`),
  });
  if (options.json) {
    sayJson(terminal, { batch, replayed });
    return options.watch ? exitCodeOf(await followJson(service, terminal, batch, { reached: true })) : ExitCode.done;
  }
  const what = `'${printable(batch.name)}' (${batch.id}) with ${count(batch.totalProjects, 'project')}`;
  say(terminal, replayed ? `Batch ${what} was there already: the key had made it.` : `Batch ${what} is on its way.`);
  if (!options.watch) {
    say(terminal, `Watch it: ${terminal.commandName} watch ${batch.id}`);
    return ExitCode.done;
  }
  say(terminal, '');
  const last = await follow(service, terminal, batch, { reached: true });
  await sayOutcome(service, terminal, last);
  return exitCodeOf(last);
}

function settingsOf(options: SubmitOptions, name: string): BatchSettings {
  const { model, privacy, publishAt, aiFlag, failureLimit, configurationId, promptTemplateId, idempotencyKey } =
    options;
  const youtubeSettings: NonNullable<CreateBatchInput['youtubeSettings']> = {
    ...(privacy !== undefined && { privacy }),
    ...(publishAt !== undefined && { publishType: 'SCHEDULED', publishAt }),
    ...(!aiFlag && { aiContentFlag: false }),
  };
  return {
    name,
    ...(model !== undefined && { geminiModel: model }),
    ...(Object.keys(youtubeSettings).length > 0 && { youtubeSettings }),
    ...(failureLimit !== undefined && { failureLimit }),
    ...(configurationId !== undefined && { configurationId }),
    ...(promptTemplateId !== undefined && { promptTemplateId }),
    idempotencyKey: idempotencyKey ?? randomUUID(),
  };
}
