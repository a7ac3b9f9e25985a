import { entry } from '../entry.ts';
import { hint, type Names } from '../wording.ts';

/** Templates and the steps that use them. */
export const templatesDiagnostics = {
  templateUnknown: entry<{ template: string; nearest: Names; known: Names }>(
    'error',
    (p) =>
      `There is no template '${p.template}'.${hint(p.nearest, p.known, 'Known')} Templates are files in transforms/.`,
  ),
  templateInputMissing: entry<{ step: string; template: string; input: string }>(
    'error',
    (p) =>
      `The template '${p.template}' reads '${p.input}', for which step '${p.step}' names nothing. Add it under inputs.`,
  ),
  templateInputUnknown: entry<{ template: string; input: string; nearest: Names; known: Names }>(
    'error',
    (p) => `The template '${p.template}' has no input '${p.input}'.${hint(p.nearest, p.known, 'It has')}`,
  ),
  templateValueMissing: entry<{ step: string; template: string; name: string; type: string }>(
    'error',
    (p) =>
      `The template '${p.template}' needs a value for '${p.name}' (${p.type}). Add it under with in step '${p.step}'.`,
  ),
  templateCycle: entry<{ templates: Names }>(
    'error',
    (p) => `The templates ${p.templates.join(' → ')} use each other in a circle. Take one of the steps out.`,
  ),
  templateTooLarge: entry<{ template: string; limit: string }>(
    'error',
    (p) =>
      `With the template '${p.template}' here there would be more than ${p.limit} inside of each other. Put its steps where they are used.`,
  ),
  templateStepForbidden: entry<{ step: string; verb: string }>(
    'error',
    (p) =>
      `Step '${p.step}' of a template cannot be a ${p.verb}: templates make rows of rows. Leave it to the pipeline, and give its rows to the template as an input.`,
  ),
  templateOutputUnknown: entry<{ output: string; nearest: Names; known: Names }>(
    'error',
    (p) =>
      `'${p.output}' cannot be the output: no step of this template hands rows on under that name.${hint(p.nearest, p.known, 'Choose among')}`,
  ),
  templateNameTwice: entry<{ name: string }>(
    'error',
    (p) => `'${p.name}' is an input and a step of this template. Give one of them another name.`,
  ),
  templateUnused: entry<{ name: string }>(
    'warning',
    (p) => `Nothing in this template reads '${p.name}', and it is not its output. Use it or remove it.`,
  ),
};
