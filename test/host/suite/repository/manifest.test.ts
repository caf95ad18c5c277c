import assert from 'node:assert/strict';
import * as vscode from 'vscode';

interface Contributes {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

/** VS Code's own stopwatch in the extension host (vs/base/common/performance). */
interface Marks {
  getMarks(): readonly { readonly name: string; readonly startTime: number }[];
}

describe('what the editor was given', () => {
  it('registers every command of the manifest, and the view', async () => {
    const registered = new Set(await vscode.commands.getCommands(true));
    const manifest = vscode.extensions.getExtension('soft-landing.soft-landing')?.packageJSON as Contributes;
    for (const { command } of manifest.contributes.commands) assert.ok(registered.has(command), command);
    assert.ok(registered.has('softLanding.panel.focus'));
  });

  it('was started by the editor in a time that is printed, not judged', () => {
    const { MonacoPerformanceMarks: marks } = globalThis as unknown as { readonly MonacoPerformanceMarks?: Marks };
    const all = marks?.getMarks() ?? [];
    const at = (what: string): number =>
      all.find(({ name }) => name === `code/extHost/${what}/soft-landing.soft-landing`)?.startTime ?? Number.NaN;
    const load = at('didLoadExtensionCode') - at('willLoadExtensionCode');
    const activate = at('didActivateExtension') - at('didLoadExtensionCode');
    console.log(
      `activation: module load ${load} ms, activate ${activate} ms`,
      all.filter(({ name }) => name.includes('soft-landing')),
    );
    assert.ok(load >= 0 && activate >= 0, 'the editor keeps no marks of this extension');
  });
});
