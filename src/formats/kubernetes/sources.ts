import type { Problem } from '../../model/config.ts';
import { say } from '../../text/say.ts';
import type { SourceFile } from '../../text/source.ts';

/** Actions of Helm's templates; values of other tools may have braces too. */
const HELM =
  /\{\{-?\s*(?:\.(?:Values|Release|Chart|Capabilities|Files|Template)\b|include\b|template\b|define\b|toYaml\b|if\b|range\b|with\b|end\b|\$|\/\*)/;

/** What is said of a Helm template, at the first place that shows it; undefined for a manifest. */
export function templateProblem(source: SourceFile): Problem | undefined {
  const match = HELM.exec(source.text);
  if (match === null) return undefined;
  return {
    rule: 'unresolved-template-or-include',
    at: source.span(match.index, match.index + 2),
    what: say`The file is a Helm template.`,
    why: say`Its manifests depend on values that are not in the file, so nothing of it is judged.`,
    fix: say`Set the path of the rendered manifests: ${'helm template CHART > rendered.yaml'}.`,
  };
}

const KUSTOMIZATION = /^kind:[ \t]*["']?Kustomization\b/m;

/** Whether a file lists what Kustomize puts together. */
export function isKustomization(path: string, text: string): boolean {
  return /(?:^|\/)kustomization\.ya?ml$/i.test(path) || KUSTOMIZATION.test(text);
}

/** What Kustomize changes in the objects of the files that it lists. */
const TRANSFORMERS =
  /^(?:patches|patchesStrategicMerge|patchesJson6902|replicas|namePrefix|nameSuffix|namespace|commonLabels|components|replacements|vars|transformers)[ \t]*:/m;

/** A Kustomization that changes what it lists, or that is named alone; next to what it lists a mere list changes nothing. */
export function kustomizeProblem(source: SourceFile, isAlone: boolean): Problem | undefined {
  if (!isAlone && !TRANSFORMERS.test(source.text)) return undefined;
  const match =
    TRANSFORMERS.exec(source.text) ?? /^(?:resources|bases|generators|helmCharts)[ \t]*:/m.exec(source.text);
  if (match === null) return undefined;
  return {
    rule: 'unresolved-template-or-include',
    at: source.span(match.index, match.index + match[0].length - 1),
    what: say`The file is a Kustomize source.`,
    why: say`Kustomize changes manifests before they are applied, so the files as they are may not be what runs.`,
    fix: say`Set the path of the rendered manifests: ${'kustomize build DIR > rendered.yaml'}.`,
  };
}
