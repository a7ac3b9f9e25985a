import { diagnose, type Diagnostic } from './diagnostic/diagnostic.ts';
import { nearestNames } from './diagnostic/nearest-name.ts';
import type { Locate } from './diagnostic/source-range.ts';
import { checkConnections } from './document/check-graph.ts';
import { readableNames } from './document/check-references.ts';
import { NAME_PATTERN } from './document/schema-parts.ts';
import { stepVerb } from './document/step.ts';
import { templateSchema, type TemplateDocument } from './document/template-document.ts';
import type { GivenParameters } from './parameters/resolve-parameters.ts';
import { PipelineMemory } from './pipeline-memory.ts';
import { parseDocument, type ParsedDocument } from './parse-document.ts';

export type ParsedTemplate = ParsedDocument<TemplateDocument>;

/** Reads a template file, with values in place of its parameters; without `given` it is only looked at. Never throws. */
export function parseTemplate(
  text: string,
  fileName: string,
  given: GivenParameters = { isComplete: false },
): ParsedTemplate {
  const memory = new PipelineMemory();
  return parseDocument({ text, fileName, memory }, given, templateSchema, checkTemplate);
}

function checkTemplate(template: TemplateDocument, locate: Locate): readonly Diagnostic[] {
  const steps = Object.entries(template.steps);
  const inputs = Object.keys(template.inputs);
  const { diagnostics, used } = checkConnections(template, inputs, locate);
  const found = [...diagnostics];
  for (const name of inputs) {
    const path = ['inputs', name];
    const place = { path, range: locate(path, 'key') };
    if (!NAME_PATTERN.test(name))
      found.push(diagnose('nameInvalid', { name, thing: 'template input' }, place));
    if (Object.hasOwn(template.steps, name)) found.push(diagnose('templateNameTwice', { name }, place));
    else if (!used.has(name)) found.push(diagnose('templateUnused', { name }, place));
  }
  for (const [name, step] of steps) {
    const path = ['steps', name];
    const { name: verb, kind } = stepVerb(step);
    if (kind === 'load') {
      const at = [...path, verb];
      found.push(
        diagnose('templateStepForbidden', { step: name, verb }, { path: at, range: locate(at, 'key') }),
      );
    } else if (!used.has(name) && name !== template.output)
      found.push(diagnose('templateUnused', { name }, { path, range: locate(path, 'key') }));
  }
  const known = steps.flatMap(([name, step]) => (readableNames(name, step).includes(name) ? [name] : []));
  if (!known.includes(template.output)) {
    const path = ['output'];
    const nearest = nearestNames(template.output, known);
    const fixes = nearest.map((value) => ({ kind: 'setField', path, value }) as const);
    found.push(
      diagnose(
        'templateOutputUnknown',
        { output: template.output, nearest, known },
        { path, range: locate(path), fixes },
      ),
    );
  }
  return found;
}
