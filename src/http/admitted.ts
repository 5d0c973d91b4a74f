import { type ExecutionResult, GraphQLError } from 'graphql';
import type { Results } from '../graphql/index.ts';
import type { Admission } from './admission.ts';
import { tokenRefused } from './identify.ts';
import type { Incoming } from './incoming.ts';
import type { OperationWatch } from './operation-watch.ts';
import { UntilRevoked } from './until-revoked.ts';

/**
 * Runs a subscription where there is room for one more, and ends it once its token is no longer
 * taken. Gives the error as its result where there is no room.
 */
export async function admitted(
  { admission, watch }: { admission: Admission; watch: OperationWatch },
  { client, revoked, caller }: Incoming,
  run: () => Promise<ExecutionResult | Results>,
): Promise<ExecutionResult | Results> {
  let place: Disposable;
  try {
    place = admission.openSubscription(client);
  } catch (error) {
    if (error instanceof GraphQLError) {
      return { errors: [error] };
    }
    throw error;
  }
  try {
    const results = await run();
    if (Symbol.asyncIterator in results) {
      const refusal = () => tokenRefused(caller.locale);
      const onResult = ({ errors }: ExecutionResult) => watch.sent(errors, caller.eventTime?.changedAtMs);
      return new UntilRevoked(results, { revoked, refusal, onResult, onOver: () => place[Symbol.dispose]() });
    }
    place[Symbol.dispose]();
    return results;
  } catch (error) {
    place[Symbol.dispose]();
    throw error;
  }
}
