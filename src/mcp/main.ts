/* `node mcp.cjs [--repo DIR] [--home DIR]`: an MCP server on stdin and stdout that answers agents' questions and changes nothing. */
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import * as v from 'valibot';
import type { CommandContext } from '../cli/command.ts';
import { surroundingsFor } from '../cli/surroundings.ts';
import { stateFolder } from '../store/stateFolder.ts';
import { createServer } from './server.ts';

const { values } = parseArgs({ options: { repo: { type: 'string' }, home: { type: 'string' } } });
const own = { home: os.homedir(), env: process.env, platform: process.platform };
const surroundings = surroundingsFor(values.home, own);

async function* noInput(): AsyncGenerator<Uint8Array> {
  // stdin is the protocol's. No tool reads it.
}

const context: CommandContext = {
  surroundings,
  stateFolder: stateFolder(surroundings),
  repoDir: path.resolve(values.repo ?? '.'),
  programDir: __dirname,
  now: Date.now,
  stdin: noInput(),
};

const manifest = v.object({ version: v.string() });
const { version } = v.parse(manifest, JSON.parse(readFileSync(path.join(__dirname, '..', 'package.json'), 'utf8')));

const server = createServer(version, context);
// The client is gone; a server that stayed would stay for ever.
process.stdin.once('end', () => void server.close().finally(() => process.exit(0)));
void server.connect(new StdioServerTransport());
