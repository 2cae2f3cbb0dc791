import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRedactor } from "./create-redactor.ts";

const { redact, redactText } = createRedactor();
const jwt = ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0NTY3ODkwIn0", "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"].join(
  ".",
);

describe("redact", () => {
  it.each([
    "password",
    "PASSWORD",
    "user_password",
    "newPassword2",
    "pass-word",
    "X-Api-Key",
    "api key",
    "clientSecret",
    "Set-Cookie",
    "proxy-authorization",
    "access_token",
    "csrfToken",
    "AWS_SECRET_ACCESS_KEY",
    "pin",
    "privateKey",
  ])("hides what is called %s, at any depth", (key) => {
    const result = redact({ list: [{ inner: { [key]: "hunter2" } }] });

    expect(result).toEqual({ list: [{ inner: { [key]: "[redacted]" } }] });
  });

  it.each(["maxTokens", "tokenCount", "author", "passenger", "pinned", "cookbook", "side"])(
    "shows what is called %s",
    (key) => {
      const value = { [key]: 7 };

      const result = redact(value);

      expect(result).toEqual(value);
    },
  );

  it("hides a whole object under a secret's name, and shows that there is none", () => {
    const result = redact({ credentials: { user: "a", key: "b" }, token: null, hasSecret: true });

    expect(result).toEqual({ credentials: "[redacted]", token: null, hasSecret: true });
  });

  it("hides the value of a pair whose name is a secret's", () => {
    const pairs = [
      { name: "DB_PASSWORD", value: "hunter2" },
      { key: "x-api-key", value: "hunter2" },
      { name: "city", value: "Berlin" },
    ];

    const result = redact(pairs);

    expect(result).toEqual([
      { name: "DB_PASSWORD", value: "[redacted]" },
      { key: "x-api-key", value: "[redacted]" },
      { name: "city", value: "Berlin" },
    ]);
  });

  it("takes names and patterns of a team's own", () => {
    const { redact } = createRedactor({ keys: ["iban"], patterns: [/EMP-\d+/] });

    const result = redact({ customer_IBAN: "DE00", note: "EMP-17 and EMP-18" });

    expect(result).toEqual({ customer_IBAN: "[redacted]", note: "[redacted] and [redacted]" });
  });

  it("reads maps, sets, errors, dates, URLs and headers, and looks for secrets in all of them", () => {
    const error = Object.assign(new Error("connect postgres://u:pw12@db/x", { cause: { password: "pw12" } }), {
      config: { headers: new Headers({ authorization: "Bearer pw12pw12pw12" }) },
    });
    error.stack = "Error: postgres://u:pw12@db/x\n    at here";

    const result = redact({
      map: new Map<unknown, unknown>([
        ["secret", "pw12"],
        [1, "one"],
      ]),
      set: new Set(["a"]),
      error,
      date: new Date(0),
      url: new URL("https://u:pw12@host/"),
      bytes: Buffer.from("pw12"),
      big: 1n,
      call: () => "pw12",
    });

    expect(JSON.stringify(result)).not.toContain("pw12");
    expect(result).toMatchObject({
      map: { secret: "[redacted]", "1": "one" },
      set: ["a"],
      error: { name: "Error", message: "connect postgres://[redacted]@db/x", cause: { password: "[redacted]" } },
      date: "1970-01-01T00:00:00.000Z",
      bytes: "[4 bytes]",
      big: "1",
      call: "[function]",
    });
  });

  it("survives circles, getters that throw, revoked proxies and a member called __proto__", () => {
    const circle: Record<string, unknown> = { name: "circle" };
    circle["self"] = circle;
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const odd = JSON.parse('{"__proto__":{"password":"hunter2"},"constructor":1}') as Record<string, unknown>;
    Object.defineProperty(odd, "trap", {
      enumerable: true,
      get() {
        throw new Error("no");
      },
    });

    const result = redact({ circle, proxy, odd }) as Record<string, Record<string, unknown>>;

    expect(result["circle"]).toEqual({ name: "circle", self: "[circular]" });
    expect(result["proxy"]).toBe("[illegible]");
    expect(JSON.stringify(result["odd"])).toBe(
      '{"__proto__":{"password":"[redacted]"},"constructor":1,"trap":"[illegible]"}',
    );
    expect(({} as Record<string, unknown>)["password"]).toBeUndefined();
  });

  it("shows no more levels, values and characters than it is told to", () => {
    const { redact } = createRedactor({ maxDepth: 2, maxValues: 5, maxTextLength: 4 });
    const deep = { a: { b: { c: 1 } } };
    const many = Array.from({ length: 1_000_000 }, (_, at) => at);

    const results = [redact(deep), redact(many), redact("abcdefgh")];

    expect(results).toEqual([
      { a: { b: "[left out]" } },
      [0, 1, 2, 3, "[999996 left out]"],
      "abcd... (of 8 characters)",
    ]);
  });

  it("never throws, never changes its input, and always gives what JSON can carry", () => {
    fc.assert(
      fc.property(fc.anything({ withMap: true, withSet: true, withBigInt: true, withDate: true }), (value) => {
        const before = inspect(value, { depth: 20 });

        const result = redact(value);

        expect(() => JSON.stringify(result)).not.toThrow();
        expect(inspect(value, { depth: 20 })).toBe(before);
      }),
    );
  });

  it("leaves nothing of a secret that stands under a secret's name", () => {
    const secret = fc.string({ minLength: 8, unit: fc.constantFrom("!", "$", "%", "(", ")", "*", "ä", "ö") });
    const key = fc.constantFrom("password", "Api-Key", "refresh_token", "cookie");
    fc.assert(
      fc.property(secret, key, fc.nat({ max: 6 }), (text, name, depth) => {
        let value: unknown = { [name]: text };
        for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { level: value };

        const result = JSON.stringify(redact(value));

        expect(result).not.toContain(JSON.stringify(text).slice(1, -1));
      }),
    );
  });
});

describe("redactText", () => {
  it.each([
    ["a bearer token", "Authorization: Bearer abc.def-123456", "123456"],
    ["basic credentials", "authorization: basic dXNlcjpwYXNzd29yZA==", "dXNlcjpw"],
    ["a JSON Web Token", `got ${jwt} from x`, "dozjgNry"],
    ["a key of AWS", "id AKIAIOSFODNN7EXAMPLE.", "IOSFODNN7"],
    ["a token of GitHub", `ghp_${"a1".repeat(18)}`, "a1a1"],
    ["a fine-grained token of GitHub", `github_pat_${"a1".repeat(30)}`, "a1a1"],
    ["a token of Slack", "xoxb-123456789012-abcdefghijkl", "abcdefgh"],
    ["a key of OpenAI", `sk-proj-${"A1b2".repeat(10)}`, "A1b2"],
    ["a key of Google", `AIza${"Sy0".repeat(11)}ab`, "Sy0Sy0"],
    ["a private key", "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----", "MIIEow"],
    ["half a private key", "-----BEGIN PRIVATE KEY-----\nMIIEow", "MIIEow"],
    ["credentials in a URL", "postgres://user:p@ssw0rd@db.internal/films", "ssw0rd"],
    ["a password in a query", "https://host/?a=1&password=hunter2&b=2", "hunter2"],
    ["a password in JSON", '{"password": "hunter\\"2 and more", "b": 1}', "and more"],
    ["a password in JSON in JSON", '"{\\"api_key\\":\\"hunter2\\"}"', "hunter2"],
    ["a key in a connection string", "AccountName=a;AccountKey=aHVudGVyMg==;Suffix=x", "aHVudGVy"],
    ["a signed URL", "https://host/blob?se=1&sig=hunter2%3D", "hunter2"],
    ["a cookie", "Cookie: theme=dark; sid=hunter2", "hunter2"],
  ])("hides %s", (_what, text, secret) => {
    const result = redactText(text);

    expect(text).toContain(secret);
    expect(result).not.toContain(secret);
    expect(result).toContain("[redacted]");
  });

  it("leaves other text alone", () => {
    const text = "ECONNREFUSED 127.0.0.1:5432 at https://host/a@b?tokens=5 for user 4111111111111111";

    const result = redactText(text);

    expect(result).toBe(text);
  });

  it("finds card numbers by their check digit when asked, whatever stands beside", () => {
    const { redactText } = createRedactor({ cardNumbers: true });

    const results = [
      "4111 1111 1111 1111",
      "no 17 4111-1111-1111-1111!",
      "4111111111111112",
      "order 1234567890123",
    ].map(redactText);

    expect(results).toEqual(["[redacted]", "no [redacted]!", "4111111111111112", "order 1234567890123"]);
  });

  it("shows no part of a secret that is cut by the limit", () => {
    const { redactText } = createRedactor({ maxTextLength: 100 });
    fc.assert(
      fc.property(fc.nat({ max: 5_000 }), (at) => {
        const text = `${"x ".repeat(at)}${jwt}${" y".repeat(3_000)}`;

        const result = redactText(text);

        expect(result).not.toContain("eyJ");
        expect(result.length).toBeLessThan(140);
      }),
      { numRuns: 200 },
    );
  });

  // Each is made to send a pattern back over the same text again and again. A pattern that is not linear would need minutes
  // for a text of this size, beyond any test's time.
  it("takes time that grows with the text alone for hostile pieces over and over", () => {
    const { redactText } = createRedactor({ maxTextLength: 2_000_000, cardNumbers: true });
    const pieces = [
      ["://", "://a", "://a:b", "eyJ", "eyJaaaaaa-", "eyJaaaaaa.", "-eyJa"],
      ["-----BEGIN ", "-----BEGIN PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----A-----END "],
      ["Bearer ", "basic a-", "authorization: digest ", 'password="', 'password=\\"', "password:[", "password={"],
      ["token:", "session id", "sk-", "sk-aaaaaaaaaaaaaaa-", "AKIA", "cookie:", "1-", "4", '\\"', "xoxb-"],
    ].flat();

    const results = pieces.map((piece) => redactText(piece.repeat(Math.floor(1_000_000 / piece.length))));

    expect(results.every((result) => result.length <= 2_000_100)).toBe(true);
  });

  it("takes what is no text for none", () => {
    expect(redactText(7 as unknown as string)).toBe("[no text]");
  });

  it("gives no more than its limit and a note, however the text grows by what stands in for secrets", () => {
    const { redactText } = createRedactor({ maxTextLength: 1_000 });

    const result = redactText("pwd=x ".repeat(100_000));

    expect(result.length).toBeLessThan(1_050);
    expect(result).toMatch(/\(of 600000 characters\)$/);
  });

  it("refuses limits and patterns that cannot be", () => {
    expect(() => createRedactor({ maxDepth: 0 })).toThrow("maxDepth is 0");
    expect(() => createRedactor({ maxValues: Number.NaN })).toThrow("maxValues is NaN");
    expect(() => createRedactor({ patterns: ["x" as unknown as RegExp] })).toThrow("no regular expression");
    expect(() => createRedactor({ keys: [7 as unknown as string] })).toThrow("keys has 7");
  });
});
