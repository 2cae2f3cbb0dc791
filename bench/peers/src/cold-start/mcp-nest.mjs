import "reflect-metadata";
import { Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { Payload } from "@nestjs/microservices";
import { McpController, McpStrategy, StdioTransport, Tool } from "@rekog/mcp-nest";
import { z } from "zod";

const BenchController = emptyClass();
for (let index = 0; index < 10; index += 1) {
  const name = `echo_${index}`;
  const description = `Sends back the message it was given (number ${index}).`;
  const value = async ({ message }) => ({ content: [{ type: "text", text: message }] });
  Object.defineProperty(BenchController.prototype, name, { value, configurable: true });
  Payload()(BenchController.prototype, name, 0);
  Tool({ name, description, parameters: z.object({ message: z.string() }) })(BenchController.prototype, name, {
    value,
  });
}
McpController()(BenchController);
const BenchModule = emptyClass();
Module({ controllers: [BenchController] })(BenchModule);

const strategy = new McpStrategy({ name: "bench", version: "1.0.0", transports: [new StdioTransport()] });
const app = await NestFactory.createMicroservice(BenchModule, { strategy, logger: false });
await app.listen();

function emptyClass() {
  // oxlint-disable-next-line typescript/no-extraneous-class -- Nest wants a class, and decorators fill it
  return class {};
}
