import type { ProjectRow } from '../batches/rows.ts';
import type { ProjectStatus } from '../generated/prisma/client.ts';
import { builder } from './builder.ts';
import { ProjectObject } from './project.ts';
import { ProjectStatusEnum } from './project-status.ts';

/** What a change tells. */
interface ProjectChangeShape {
  project: ProjectRow;
  from: ProjectStatus | null;
  to: ProjectStatus;
  at: Date;
}

/** One status change of one project. */
export const ProjectChange = builder.objectRef<ProjectChangeShape>('ProjectChange').implement({
  description: 'One status change of one project.',
  fields: (t) => ({
    project: t.expose('project', {
      type: ProjectObject,
      description: 'The project as it is now, which may be further on than this change.',
    }),
    from: t.expose('from', {
      type: ProjectStatusEnum,
      nullable: true,
      description: 'Its status before.',
    }),
    to: t.expose('to', { type: ProjectStatusEnum, description: 'Its status after.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it changed.' }),
  }),
});
