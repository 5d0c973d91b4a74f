import type { Principal, Role } from '../auth/principal.ts';
import { builder } from './builder.ts';

const values: Record<Uppercase<Role>, { value: Role; description: string }> = {
  VIEWER: { value: 'viewer', description: 'May read, and change nothing.' },
  OPERATOR: { value: 'operator', description: 'May read, create and control.' },
  ADMIN: { value: 'admin', description: "May read, create and control, and everybody's." },
};

const RoleEnum = builder.enumType('Role', { description: 'What a caller may do.', values });

const Viewer = builder.objectRef<Principal>('Viewer').implement({
  description: 'Whoever asks, by the token that came with the request.',
  fields: (t) => ({
    subject: t.exposeString('subject', {
      description: 'To whom the batches belong that are created. Empty where the service asks nobody who they are.',
    }),
    role: t.expose('role', { type: RoleEnum, description: 'What may be done.' }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({ type: Viewer, description: 'Whoever asks this.', resolve: (_root, _args, { principal }) => principal }),
);
