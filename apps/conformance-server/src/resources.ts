import { defineResource, type Component } from "@plinth/core";
import { z } from "zod";
import { png } from "./samples.ts";

/** The resources and the template that the suite reads and subscribes to. */
export const resources: readonly Component[] = [
  defineResource({
    uri: "test://static-text",
    name: "static-text",
    description: "A text that never changes.",
    mimeType: "text/plain",
    read: () => "This is the content of the static text resource.",
  }),
  defineResource({
    uri: "test://static-binary",
    name: "static-binary",
    description: "An image that never changes.",
    mimeType: "image/png",
    read: () => Buffer.from(png, "base64"),
  }),
  defineResource({
    uri: "test://watched-resource",
    name: "watched-resource",
    description: "A text to subscribe to.",
    mimeType: "text/plain",
    read: () => "This resource can be watched.",
  }),
  defineResource({
    uri: "test://template/{id}/data",
    name: "template-data",
    description: "Data by id.",
    mimeType: "application/json",
    params: z.object({ id: z.string() }),
    read: ({ id }) => ({ id, templateTest: true, data: `Data for ID: ${id}` }),
  }),
];
