import { definePrompt } from "@plinth/core";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { described, foundBy, tool } from "../fixtures/found-by.ts";

describe("secret-in-listing", () => {
  test("Finds secrets in descriptions, defaults, examples and meta, and never prints them", async () => {
    // Put together here, so that no scanner takes this file for a leak.
    const secrets = {
      aws: ["AKIA", "Q3EGRIYSVDLB6M7Z"].join(""),
      github: ["ghp_", "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zAbCdE"].join(""),
      slack: ["xoxb-", "1234567890-abcdefGHIJK"].join(""),
      openai: ["sk-proj-", "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA"].join(""),
      jwt: ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0NTY3ODkwIn0", "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"].join("."),
      pem: ["-----BEGIN RSA", "PRIVATE KEY-----"].join(" "),
      url: ["postgres://admin", "hunter2hunter@db.internal/shop"].join(":"),
    };
    const components = [
      tool("in_description", { description: `Asks the service with the key ${secrets.aws}, which is ours.` }),
      tool("in_default", { properties: { token: { ...described, default: secrets.github } } }),
      tool("in_examples", { properties: { token: { ...described, examples: [secrets.slack, secrets.openai] } } }),
      tool("in_meta", { meta: { deep: [{ auth: secrets.jwt }, { key: secrets.pem }, { db: secrets.url }] } }),
    ];

    const found = await foundBy("secret-in-listing", components);

    expect(found).toHaveLength(7);
    expect(found.every((line) => line.startsWith("error"))).toBe(true);
    const bodies = Object.values(secrets).filter((text) => !text.includes("BEGIN"));
    for (const body of bodies) expect(found.join()).not.toContain(body.slice(-24, -8));
  });

  test("Leaves placeholders alone, and what only looks like a key", async () => {
    const components = [
      tool("connect", {
        description:
          "Connects to postgres://user:password@host/db or to https://USER:${PASSWORD}@host, with AKIAIOSFODNN7EXAMPLE as key, ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx as token, or sk-your-key-goes-here-and-nowhere-else.",
        meta: {
          id: "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
          digest: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
          mail: "mailto:somebody@example.com",
          time: "http://host:8080/a@b",
        },
      }),
    ];

    const found = await foundBy("secret-in-listing", components);

    expect(found).toEqual([]);
  });
});

describe("asks-for-secret", () => {
  test("Finds parameters and arguments that ask for a secret", async () => {
    const components = [
      tool("sign_in", {
        properties: { user: described, password: described, apiKey: described, card_number: described },
      }),
      tool("call_service", { properties: { token: { type: "string", description: "The API token of the caller." } } }),
      definePrompt({
        name: "sign",
        description: "Signs in for the user.",
        arguments: z.object({ access_token: z.string().describe("A token.") }),
        render: () => "",
      }),
    ];

    const found = await foundBy("asks-for-secret", components);

    expect(found).toEqual([
      'warning sign_in: It asks for "password", "apiKey", "card_number".',
      'warning call_service: It asks for "token".',
      'warning sign: It asks for "access_token".',
    ]);
  });

  test("Leaves names alone that only have such a word in them", async () => {
    const components = [
      tool("configure", {
        properties: {
          password_length: { type: "integer", description: "Characters." },
          page_token: described,
          next_token: described,
          token: { type: "string", description: "Where to go on." },
          secret_name: described,
          key: described,
          show_password: { type: "boolean" },
          password: { type: "boolean" },
          keyword: described,
        },
      }),
    ];

    const found = await foundBy("asks-for-secret", components);

    expect(found).toEqual([]);
  });
});
