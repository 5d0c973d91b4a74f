import { builder } from './builder.ts';

/** One text to make a video from. */
export const CreateProjectInput = builder.inputType('CreateProjectInput', {
  description: 'One text to make a video from.',
  fields: (t) => ({
    name: t.string({ required: true, description: '1 to 200 characters.' }),
    content: t.string({
      required: true,
      description: '500 to 10000 characters (Unicode code points).',
    }),
  }),
});
