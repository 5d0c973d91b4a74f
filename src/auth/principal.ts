/** What a caller may do, each also what those before it may: read, create and control, and all of that for everybody's. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;

export type Role = (typeof ROLES)[number];

/** Who calls, as a token says. */
export interface Principal {
  /** Names the token, and does not give it away. */
  readonly id: string;
  /** To whom the batches belong that it makes. Several tokens may share one. */
  readonly subject: string;
  readonly role: Role;
  /** When its token ends, in milliseconds since 1970; undefined for one that does not end by itself. */
  readonly expiresAtMs: number | undefined;
}

/** Everyone, where the service asks nobody who they are. */
export const ANONYMOUS: Principal = { id: 'anonymous', subject: '', role: 'admin', expiresAtMs: undefined };

/** Whose batches exist for a caller: those of this subject; undefined for everybody's. */
export function ownerSeenBy({ subject, role }: Principal): string | undefined {
  return role === 'admin' ? undefined : subject;
}

/** Whether a caller may do what takes this role. */
export function hasRole({ role }: Principal, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
