import { audio, defineTool, embeddedResource, fail, image, text, type Component } from "@plinth/core";
import { png, wav } from "../samples.ts";

/** One tool for each kind of content that a result may carry, and one that fails. */
export const contentTools: readonly Component[] = [
  defineTool({
    name: "test_simple_text",
    description: "Answers with text.",
    handler: () => "This is a simple text response for testing.",
  }),
  defineTool({
    name: "test_image_content",
    description: "Answers with an image.",
    handler: () => image(png, "image/png"),
  }),
  defineTool({
    name: "test_audio_content",
    description: "Answers with audio.",
    handler: () => audio(wav, "audio/wav"),
  }),
  defineTool({
    name: "test_embedded_resource",
    description: "Answers with an embedded resource.",
    handler: () =>
      embeddedResource({
        uri: "test://embedded-resource",
        mimeType: "text/plain",
        body: "This is an embedded resource content.",
      }),
  }),
  defineTool({
    name: "test_multiple_content_types",
    description: "Answers with text, an image and a resource at once.",
    handler: () => [
      text("Multiple content types test:"),
      image(png, "image/png"),
      embeddedResource({
        uri: "test://mixed-content-resource",
        mimeType: "application/json",
        body: JSON.stringify({ test: "data", value: 123 }),
      }),
    ],
  }),
  defineTool({
    name: "test_error_handling",
    description: "Always fails.",
    handler: () => fail("This tool intentionally returns an error for testing"),
  }),
];
