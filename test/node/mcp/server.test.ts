import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { makeRepository, type Repository } from '../../support/repository.ts';
import { softLandingJson } from '../../support/softLanding.ts';

const program = fileURLToPath(new URL('../../../dist/mcp.cjs', import.meta.url));

interface Answer {
  readonly isError?: boolean;
  readonly content: readonly { readonly type: string; readonly text: string }[];
}

describe('the MCP server, asked by the official client over stdio', function () {
  this.timeout(60_000);
  let repository: Repository;
  let client: Client;
  let env: Record<string, string>;

  before(async () => {
    repository = makeRepository({ files: { 'app.js': 'one\n' } });
    const home = join(repository.outer, 'home');
    const projects = join(home, '.claude', 'projects', '-here');
    mkdirSync(projects, { recursive: true });
    const row = {
      type: 'assistant',
      uuid: 'u1',
      requestId: 'r1',
      sessionId: 's1',
      cwd: repository.dir,
      timestamp: new Date().toISOString(),
      message: {
        id: 'm1',
        role: 'assistant',
        model: 'claude-opus-5-5',
        usage: { input_tokens: 1000, output_tokens: 234 },
      },
    };
    writeFileSync(join(projects, 's1.jsonl'), `${JSON.stringify(row)}\n`);
    env = { PATH: process.env['PATH'] ?? '', HOME: home, SOFT_LANDING_HOME: join(repository.outer, 'state') };
    client = new Client({ name: 'test', version: '1' });
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [program, '--repo', repository.dir, '--home', home],
        env,
        cwd: repository.outer,
      }),
    );
  });
  after(async () => {
    await client.close();
    repository.remove();
  });

  const call = async (name: string, args: Record<string, unknown> = {}): Promise<Answer> =>
    (await client.callTool({ name, arguments: args })) as unknown as Answer;
  const json = async (name: string, args: Record<string, unknown> = {}): Promise<unknown> => {
    const answer = await call(name, args);
    assert.notEqual(answer.isError, true, answer.content[0]?.text);
    return JSON.parse(answer.content[0]?.text ?? '');
  };

  it('says who it is, and offers only tools that read', async () => {
    assert.equal(client.getServerVersion()?.name, 'soft-landing');
    const { tools } = await client.listTools();
    assert.deepEqual(tools.map(({ name }) => name).sort(), ['estimate', 'list_checkpoints', 'status', 'usage']);
    for (const tool of tools) {
      assert.equal(tool.annotations?.readOnlyHint, true, tool.name);
      assert.equal(tool.annotations.destructiveHint, false, tool.name);
      assert.ok(tool.description && tool.title, tool.name);
    }
  });

  it('usage counts the tokens of the transcripts', async () => {
    const { totals } = (await json('usage')) as { totals: { responses: number; input: number; output: number } };
    assert.deepEqual([totals.responses, totals.input, totals.output], [1, 1000, 234]);
    const { groups } = (await json('usage', { by: 'model' })) as { groups: Record<string, unknown> };
    assert.deepEqual(Object.keys(groups), ['claude-opus-5-5']);
  });

  it('status says what the command line says', async () => {
    const args = ['status', '--home', env['HOME'] ?? '', '--repo', repository.dir];
    assert.deepEqual(await json('status'), await softLandingJson({ args, cwd: repository.dir, env }));
  });

  it('estimate answers with a range and a decision', async () => {
    const answer = (await json('estimate', { task: 'Rename add() in app.js', files: ['app.js'] })) as {
      tokens: { low: number; likely: number; high: number };
      decision: string;
    };
    const { low, likely, high } = answer.tokens;
    assert.ok(0 < low && low <= likely && likely <= high, JSON.stringify(answer.tokens));
    // No limit was reported and no budget is set.
    assert.equal(answer.decision, 'unknown');
  });

  it('list_checkpoints lists the newest, as many as are asked for', async () => {
    const made: string[] = [];
    for (const text of ['two\n', 'three\n', 'four\n']) {
      repository.write('app.js', text);
      const args = ['checkpoint', 'create', '--label', `before ${text.trim()}`];
      made.unshift((await softLandingJson<{ id: string }>({ args, cwd: repository.dir, env })).id);
    }
    const listed = (await json('list_checkpoints', { limit: 2 })) as { checkpoints: { id: string }[]; total: number };
    assert.deepEqual(
      listed.checkpoints.map(({ id }) => id),
      made.slice(0, 2),
    );
    assert.equal(listed.total, 3);
  });

  it('answers wrong arguments and unknown tools with a sentence, and goes on', async () => {
    for (const [name, args, text] of [
      ['usage', { by: 'weekday' }, /Wrong arguments for usage/],
      ['usage', { since: 'yesterday' }, /a day is written 2026-11-23/],
      ['usage', { since: '2026-02-30' }, /takes a day/],
      ['usage', { agent: 'x', more: 1 }, /Wrong arguments/],
      ['estimate', { task: ' ' }, /Wrong arguments/],
      ['estimate', {}, /Wrong arguments/],
      ['list_checkpoints', { limit: 0 }, /Wrong arguments/],
      ['reset', { id: '1' }, /There is no tool "reset"/],
    ] as const) {
      const answer = await call(name, args);
      assert.equal(answer.isError, true, name);
      assert.match(answer.content[0]?.text ?? '', text);
    }
    assert.ok(await json('status'));
  });

  it('ends when its client goes, and says nothing but the protocol', async () => {
    const child = spawn(process.execPath, [program, '--repo', repository.dir], { env, stdio: 'pipe' });
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (output += data.toString()));
    child.stdin.end('this is no JSON\n');
    const [code] = (await once(child, 'exit')) as [number];
    assert.equal(code, 0);
    assert.equal(output, '');
  });
});
