import {
  nearestNames,
  diagnose,
  hasErrors,
  locateNowhere,
  entriesOf,
  parseTemplate,
  type Diagnostic,
  type DiagnosticCode,
  type DiagnosticParams,
  type DocumentPath,
  type Locate,
  type ParsedTemplate,
  type PipelineDocument,
  type Step,
  type TemplateDocument,
  type TemplateStep,
} from '@millrace/spec';

import type { CompileInput } from '../../compile-input.ts';
import { NO_LOCAL_NAMES, type LocalNames } from './local-names.ts';
import { placeStep, useStep, type PlacedStep } from './placed-step.ts';
import { writtenDiagnostic, type TemplateScope, type WrittenPlace } from './template-scope.ts';

/** Deeper nesting is harder to follow than the steps themselves. */
const MAX_DEPTH = 8;
/** Templates that use each other several times grow with each level. */
const MAX_STEPS = 20_000;

/** A document with the steps of templates in place of the steps that use them. */
export interface ExpandedDocument {
  readonly document: PipelineDocument;
  /** By paths of the expanded document. */
  readonly locate: Locate;
  readonly localNames: LocalNames;
  readonly diagnostics: readonly Diagnostic[];
  /** A diagnostic with a path of the expanded document as one about the file that it stands in. */
  readonly asWritten: (diagnostic: Diagnostic) => Diagnostic;
}

/**
 * Puts templates in the place of the steps that use them. The step that is a template's output takes the name of the step
 * that uses it, the others stand below: `clean/trimmed`.
 */
export function expandTemplates(input: CompileInput): ExpandedDocument {
  const { document } = input;
  const root: TemplateScope = {
    locate: input.locate ?? locateNowhere(document.name),
    parameters: input.parameters,
    uses: [],
    trail: [],
  };
  if (!entriesOf(document.steps).some(([, step]) => 'template' in step))
    return {
      document,
      locate: root.locate,
      localNames: NO_LOCAL_NAMES,
      diagnostics: [],
      asWritten: (diagnostic) => root.parameters?.asWritten(diagnostic) ?? diagnostic,
    };
  const expansion = new Expansion(input.templates ?? {});
  const expanded = expansion.expand(document.steps, root);
  // Nobody waits for all of them to be compiled, to see what was known before.
  const placed = expansion.isTooLarge ? [] : expanded;
  const byName = new Map(placed.map((step) => [step.name, step]));
  const place = (path: DocumentPath): WrittenPlace => {
    const [head, name, ...below] = path;
    const step = head === 'steps' ? byName.get(String(name)) : undefined;
    return step?.place(below) ?? { scope: root, path };
  };
  return {
    document: { ...document, steps: Object.fromEntries(placed.map(({ name, step }) => [name, step])) },
    locate: (path, part) => {
      const { scope, path: written } = place(path);
      return scope.locate(written, part);
    },
    localNames: {
      inputs: new Map(placed.flatMap(({ name, inputs }) => (inputs === undefined ? [] : [[name, inputs]]))),
      checks: new Map(placed.map(({ name, checks }) => [name, checks])),
    },
    diagnostics: expansion.diagnostics,
    asWritten: (diagnostic) => writtenDiagnostic(diagnostic, place),
  };
}

class Expansion {
  readonly diagnostics: Diagnostic[] = [];
  isTooLarge = false;
  readonly #templates: ReadonlyMap<string, { readonly file: string; readonly text: string }>;
  readonly #parsed = new Map<string, ParsedTemplate>();
  /** Steps that came from templates. */
  #count = 0;

  constructor(templates: NonNullable<CompileInput['templates']>) {
    this.#templates = new Map(Object.entries(templates));
  }

  expand(steps: Readonly<Record<string, Step>>, scope: TemplateScope): readonly PlacedStep[] {
    return Object.entries(steps).flatMap(([name, step]) => {
      if ('template' in step) return this.#use(name, step, scope);
      if (scope.trail.length > 0) this.#count += 1;
      return [placeStep(name, step, scope)];
    });
  }

  #use(name: string, step: TemplateStep, scope: TemplateScope): readonly PlacedStep[] {
    const path = ['steps', name, 'template'];
    const { use } = step.template;
    const template = this.#templates.get(use);
    if (template === undefined) {
      const known = [...this.#templates.keys()];
      this.#report('templateUnknown', { template: use, nearest: nearestNames(use, known), known }, scope, [
        ...path,
        'use',
      ]);
      return [];
    }
    const trail = [...scope.trail, use];
    if (scope.trail.includes(use)) {
      this.#report('templateCycle', { templates: trail.slice(trail.indexOf(use)) }, scope, [...path, 'use']);
      return [];
    }
    if (this.isTooLarge) return [];
    if (scope.trail.length === MAX_DEPTH || this.#count >= MAX_STEPS) {
      this.isTooLarge = this.#count >= MAX_STEPS;
      const limit = this.isTooLarge ? `${MAX_STEPS} steps` : `${MAX_DEPTH} templates`;
      this.#report('templateTooLarge', { template: use, limit }, scope, [...path, 'use']);
      return [];
    }
    const { document, diagnostics, locate, parameters } = this.#parse(template, path, step, scope);
    const uses = [{ step: name, range: scope.locate(['steps', name], 'key') }, ...scope.uses];
    if (document === undefined) {
      const wrong = diagnostics.filter((diagnostic) => hasErrors([diagnostic]));
      for (const diagnostic of wrong) {
        const within = diagnostic.range.file === template.file ? uses : scope.uses;
        this.diagnostics.push(within.length === 0 ? diagnostic : { ...diagnostic, usedBy: within });
      }
      return [];
    }
    let isUsable = this.#checkInputs(name, step, document, scope);
    for (const [key, { type, origin }] of parameters.values) {
      if (origin === 'given' || origin === 'default') continue;
      if (Object.hasOwn(step.template.with ?? {}, key)) continue;
      this.#report(
        'templateValueMissing',
        { step: name, template: use, name: key, type },
        scope,
        path,
        'key',
      );
      isUsable = false;
    }
    if (!isUsable) return [];
    return this.expand(document.steps, { locate, parameters, uses, trail }).map((placed) =>
      useStep(placed, name, step, document, scope),
    );
  }

  /** The template with the values of a use; parsed once for all uses with the same values. */
  #parse(
    { file, text }: { readonly file: string; readonly text: string },
    path: DocumentPath,
    { template }: TemplateStep,
    scope: TemplateScope,
  ): ParsedTemplate {
    const key = JSON.stringify([file, template.with ?? {}]);
    const known = this.#parsed.get(key);
    if (known !== undefined) return known;
    const given = Object.entries(template.with ?? {}).map(([name, value]) => {
      const at = [...path, 'with', name];
      return [name, { value, place: { path: at, range: scope.locate(at) } }] as const;
    });
    const parsed = parseTemplate(text, file, { values: Object.fromEntries(given), isComplete: false });
    // What is wrong with a value is told where it is given.
    if (parsed.document !== undefined) this.#parsed.set(key, parsed);
    return parsed;
  }

  #checkInputs(
    name: string,
    { template: { use, inputs } }: TemplateStep,
    template: TemplateDocument,
    scope: TemplateScope,
  ): boolean {
    const path = ['steps', name, 'template', 'inputs'];
    const known = Object.keys(template.inputs);
    const missing = known.filter((input) => !Object.hasOwn(inputs, input));
    const unknown = Object.keys(inputs).filter((input) => !known.includes(input));
    for (const input of unknown) {
      const nearest = nearestNames(input, missing);
      this.#report(
        'templateInputUnknown',
        { template: use, input, nearest, known },
        scope,
        [...path, input],
        'key',
      );
    }
    // A misspelt name explains the missing one.
    if (unknown.length === 0)
      for (const input of missing)
        this.#report('templateInputMissing', { step: name, template: use, input }, scope, path, 'key');
    return missing.length === 0 && unknown.length === 0;
  }

  #report<Code extends DiagnosticCode>(
    code: Code,
    params: DiagnosticParams[Code],
    scope: TemplateScope,
    path: DocumentPath,
    part: 'key' | 'value' = 'value',
  ): void {
    const diagnostic = diagnose(code, params, { path, range: scope.locate(path, part) });
    this.diagnostics.push(writtenDiagnostic(diagnostic, () => ({ scope, path })));
  }
}
