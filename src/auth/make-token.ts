import { randomBytes } from 'node:crypto';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { ROLES, type Role } from './principal.ts';
import { ENTRY_SUBJECT_RULE, isEntrySubject } from './subject.ts';
import { formatEntry } from './token-entries.ts';

/** The token and its entry go to standard output, for scripts; the words about them to standard error. */
function makeToken(subject: string, role: Role): void {
  const token = `srt_${randomBytes(32).toString('base64url')}`;
  process.stderr.write(`Give this token to ${subject}; nobody can read it out of its entry:\n`);
  process.stdout.write(`${token}\n`);
  process.stderr.write('Put this entry into AUTH_TOKENS, or into the file that it names:\n');
  process.stdout.write(`${formatEntry(subject, role, token)}\n`);
}

function parseSubject(subject: string): string {
  if (!isEntrySubject(subject)) {
    throw new InvalidArgumentError(`Expected ${ENTRY_SUBJECT_RULE}.`);
  }
  return subject;
}

await new Command('npm run token --')
  .description('Makes a new token, and the entry of AUTH_TOKENS that takes it.')
  .argument('<subject>', 'to whom the batches belong that are made with it', parseSubject)
  .addArgument(new Argument('<role>', 'what may be done with it').choices(ROLES))
  .helpOption('-h, --help', 'say how it is used')
  .action(makeToken)
  .parseAsync();
