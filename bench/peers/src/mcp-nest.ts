import "reflect-metadata";
import type { AddressInfo } from "node:net";
import { Module, UseInterceptors, type NestInterceptor, type Type } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { Ctx, Payload } from "@nestjs/microservices";
import {
  McpController,
  McpStrategy,
  StdioTransport,
  StreamableHttpTransport,
  Tool,
  type McpContext,
  type McpServerOptions,
} from "@rekog/mcp-nest";
import { z } from "zod";
import { serveContestant } from "../../src/contestants/serve-contestant.ts";
import { benchTools, type BenchTool } from "../../src/workloads/tools.ts";
import type { Workload } from "../../src/workloads/workload.ts";

serveContestant({
  async http(workload) {
    const strategy = createStrategy(
      // JSON answers, its default without sessions, have no room for notifications.
      new StreamableHttpTransport({ enableJsonResponse: workload.called !== "run_task" }),
    );
    const app = await NestFactory.create(createModule(workload), { logger: false });
    strategy.setHttpAdapter(app.getHttpAdapter());
    app.connectMicroservice({ strategy });
    await app.startAllMicroservices();
    await app.listen(0, "127.0.0.1");
    return `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}/mcp`;
  },
  async stdio(workload) {
    const strategy = createStrategy(new StdioTransport());
    const app = await NestFactory.createMicroservice(createModule(workload), { strategy, logger: false });
    await app.listen();
  },
});

function createStrategy(transport: McpServerOptions["transports"][number]): McpStrategy {
  return new McpStrategy({ name: "bench", version: "1.0.0", transports: [transport] });
}

/** A module with one controller that has a method for each tool. */
function createModule(workload: Workload): Type {
  const BenchController = emptyClass();
  for (const tool of benchTools(z, workload)) addTool(BenchController, tool);
  UseInterceptors(...Array.from({ length: workload.middleware }, () => noOperation()))(BenchController);
  McpController()(BenchController);
  const BenchModule = emptyClass();
  Module({ controllers: [BenchController] })(BenchModule);
  return BenchModule;
}

/** What a method under `@Tool` is; a decorator's own syntax is not erasable, and a thousand methods are not written. */
function addTool({ prototype }: Type, { name, description, input, run }: BenchTool): void {
  const value = async (values: Record<string, unknown>, context: McpContext): Promise<unknown> => {
    const text = await run(values, (progress, total) => context.reportProgress({ progress, total }));
    return { content: [{ type: "text", text }] };
  };
  Object.defineProperty(prototype, name, { value, configurable: true });
  Payload()(prototype, name, 0);
  Ctx()(prototype, name, 1);
  Tool({ name, description, parameters: input })(prototype, name, { value });
}

function emptyClass(): Type {
  // oxlint-disable-next-line typescript/no-extraneous-class -- Nest wants a class, and decorators fill it
  return class {};
}

function noOperation(): NestInterceptor {
  return { intercept: (_context, next) => next.handle() };
}
