import { defineTool, type Component } from "@plinth/core";
import { z } from "zod";

/** Tools whose input schema is what the suite looks at: it has to arrive with every keyword in place. */
export const schemaTools: readonly Component[] = [
  defineTool({
    name: "json_schema_2020_12_tool",
    description: "Takes a contact, described with the keywords of JSON Schema 2020-12.",
    input: {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      $defs: {
        address: {
          $anchor: "addressDef",
          type: "object",
          properties: { street: { type: "string" }, city: { type: "string" } },
        },
      },
      properties: {
        name: { type: "string" },
        address: { $ref: "#/$defs/address" },
        contactMethod: { type: "string", enum: ["phone", "email"] },
        phone: { type: "string" },
        email: { type: "string" },
      },
      allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
      if: { properties: { contactMethod: { const: "phone" } }, required: ["contactMethod"] },
      // oxlint-disable-next-line unicorn/no-thenable -- a JSON Schema keyword
      then: { required: ["phone"] },
      else: { required: ["email"] },
      additionalProperties: false,
    },
    handler: (contact) => `Received ${JSON.stringify(contact)}`,
  }),
  defineTool({
    name: "test_x_mcp_header",
    description: "Takes an argument that HTTP clients mirror in the Mcp-Param-Region header.",
    input: z.object({
      region: z.string().describe("Where to run.").meta({ "x-mcp-header": "Region" }).optional(),
      level: z.int().describe("How hard to run.").optional(),
    }),
    handler: ({ region }) => `region=${JSON.stringify(region)}`,
  }),
];
