import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { CallToolRequestSchema, ListToolsRequestSchema, type CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import * as v from 'valibot';
import { CommandError, UsageError, type CommandContext } from '../cli/command.ts';
import { errorText } from '../store/errno.ts';
import { tools } from './tools.ts';

const instructions =
  'Soft Landing knows how much of the usage limits of coding agents is left, and which states of this folder are saved. Its tools only read.';

/** The server, not yet connected to anybody. */
/* eslint-disable @typescript-eslint/no-deprecated -- The SDK's low-level server is "for advanced use": ours is one, because our schemas are
   valibot's, and the high-level server takes zod's alone and is 100 KB larger. */
export function createServer(version: string, context: CommandContext): Server {
  const server = new Server(
    { name: 'soft-landing', title: 'Soft Landing', version },
    { capabilities: { tools: {} }, instructions },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: tools.map(({ name, title, description, inputSchema }) => ({
      name,
      title,
      description,
      inputSchema: { ...inputSchema, required: [...(inputSchema.required ?? [])] },
      annotations: { title, readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    })),
  }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }) => call(context, params.name, params.arguments ?? {}));
  return server;
}
/* eslint-enable @typescript-eslint/no-deprecated */

/** What went wrong is the tool's answer, so that the model reads it; only a tool that nobody announced is the protocol's business. */
async function call(context: CommandContext, name: string, args: unknown): Promise<CallToolResult> {
  const tool = tools.find((each) => each.name === name);
  if (!tool) return failed(`There is no tool "${name}"; there are: ${tools.map((each) => each.name).join(', ')}.`);
  try {
    return { content: [{ type: 'text', text: JSON.stringify(await tool.answer(context, args)) }] };
  } catch (error) {
    if (v.isValiError(error)) return failed(`Wrong arguments for ${name}: ${error.message}`);
    if (error instanceof UsageError || error instanceof CommandError) return failed(error.message);
    // Also on stderr, which clients keep in a log: an agent cannot mend this.
    process.stderr.write(`soft-landing: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return failed(`Soft Landing could not answer: ${errorText(error)}`);
  }
}

function failed(text: string): CallToolResult {
  return { isError: true, content: [{ type: 'text', text }] };
}
