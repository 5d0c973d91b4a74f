import { StartError } from '../errors.ts';

/** The server can't listen where it is told to. One line, fit to be shown. */
export class ListenError extends StartError {
  override readonly name: string = 'ListenError';
}

/** Another process listens there. */
export class PortTakenError extends ListenError {
  override readonly name = 'PortTakenError';
}
