import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import * as vscode from 'vscode';
import { launcherTarget } from '../../../../src/vscode/launcherTarget.ts';
import { mcpServerDefinitions } from '../../../../src/vscode/mcpServers.ts';

describe('the MCP server that the editor is offered', () => {
  it('is one for the folder, starts, tells its tools and answers', async () => {
    assert.equal(typeof vscode.lm.registerMcpServerDefinitionProvider, 'function');
    const { extensionPath } = vscode.extensions.getExtension('soft-landing.soft-landing') ?? {};
    assert.ok(extensionPath);
    const settings = { claudeConfigDirectory: '' };
    const launcher = launcherTarget(extensionPath, settings);
    const [definition, ...others] = await mcpServerDefinitions('1.0.0', launcher, settings);
    assert.ok(definition);
    assert.deepEqual([definition.label, others.length], ['Soft Landing', 0]);
    const client = new Client({ name: 'test', version: '1' });
    const { command, args } = definition;
    const own = Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
    // The editor's way: its own environment, and over it the definition's.
    const env = { ...Object.fromEntries(own), ...definition.env } as Record<string, string>;
    await client.connect(new StdioClientTransport({ command, args, env }));
    try {
      const { tools } = await client.listTools();
      assert.deepEqual(tools.map(({ name }) => name).sort(), ['estimate', 'list_checkpoints', 'status', 'usage']);
      assert.ok(tools.every(({ annotations }) => annotations?.readOnlyHint === true));
      await vscode.commands.executeCommand('softLanding.createCheckpoint');
      const { content, isError } = await client.callTool({ name: 'list_checkpoints', arguments: {} });
      assert.notEqual(isError, true);
      assert.match(JSON.stringify(content), /refs\/soft-landing/);
    } finally {
      await client.close();
    }
  });
});
