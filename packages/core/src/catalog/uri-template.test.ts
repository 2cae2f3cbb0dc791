import { UriTemplate } from "@modelcontextprotocol/server";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KitError } from "../errors/kit-error.ts";
import { normalizeUri } from "./normalize-uri.ts";
import { compileUriTemplate } from "./uri-template.ts";

/** Matches a URI the way the catalog does: normalised first. */
function match(template: string, uri: string): Readonly<Record<string, string>> | undefined {
  return compileUriTemplate(template).match(normalizeUri(uri)?.href ?? uri);
}

describe("a URI template", () => {
  it.each<[template: string, uri: string, variables: Record<string, string> | undefined]>([
    ["data://users/{userId}", "data://users/42", { userId: "42" }],
    ["data://users/{userId}", "data://users/", undefined],
    ["data://users/{userId}", "data://users/42/", undefined],
    ["data://users/{userId}", "data://users/4%2F2%20x", { userId: "4/2 x" }],
    ["data://users/{userId}", "data://users/%E0%A4%A", undefined],
    ["data://users/{userId}", "data://users/1?x=2", undefined],
    ["data://users/{userId}", "data://users/1#x", undefined],
    ["test://template/{id}/data", "test://template/7/data", { id: "7" }],
    ["geo://{x,y}/map", "geo://1,2/map", { x: "1", y: "2" }],
    ["geo://{x,y}/map", "geo://1/map", undefined],
    ["files://root/{+path}", "files://root/a/b%20c.txt", { path: "a/b c.txt" }],
    ["files://root/{+path}/meta", "files://root/a/meta/meta", { path: "a/meta" }],
    ["files://root/{name}.json", "files://root/a.json.json", { name: "a.json" }],
    ["files://root/{name}{.ext}", "files://root/a.tar.gz", { name: "a", ext: "tar.gz" }],
    ["files://root/{name}{.ext}", "files://root/a", { name: "a" }],
    ["files://root/{from}-{to}", "files://root/1-2-3", { from: "1", to: "2-3" }],
    ["files://root{/year,month}", "files://root/2026/11", { year: "2026", month: "11" }],
    ["files://root{/year,month}", "files://root/2026", { year: "2026" }],
    ["files://root{/year,month}", "files://root", {}],
    ["files://root{/a}{/b}", "files://root/1", { a: "1" }],
    ["maps://x{;lat,long}", "maps://x;lat=1;long=2", { lat: "1", long: "2" }],
    ["maps://x/p{;a,ab}", "maps://x/p;ab=2", { ab: "2" }],
    ["maps://x/p{;a,ab}/end", "maps://x/p;a/end", { a: "" }],
    ["doc://x/y{#part}", "doc://x/y#top%20left", { part: "top left" }],
    ["doc://x/y{#part}", "doc://x/y", {}],
    ["search://x{?q,page}", "search://x?page=2&q=a%26b", { q: "a&b", page: "2" }],
    ["search://x{?q,page}", "search://x", {}],
    ["search://x{?q,page}", "search://x?q=", { q: "" }],
    ["search://x{?q,page}", "search://x?other=1", undefined],
    ["search://x{?q,page}", "search://x?q=1&q=2", undefined],
    ["search://x?fixed=1{&q}", "search://x?q=2&fixed=1", { q: "2" }],
    ["search://x?fixed=1{&q}", "search://x?q=2", undefined],
    ["search://x?fixed=1{&q}", "search://x?q=2&fixed=2", undefined],
    ["search://x?q={q}&n={n}", "search://x?n=1&q=2", { q: "2", n: "1" }],
    ["search://x?q={q}&n={n}", "search://x?n=1", undefined],
    ["search://x/y{?q}{#part}", "search://x/y?q=1#p", { q: "1", part: "p" }],
    ["HTTP://Example.com:80/{id}", "http://EXAMPLE.com/7", { id: "7" }],
    ["http://example.com{?q}", "http://example.com?q=1", { q: "1" }],
    ["http://example.com{?q}", "http://example.com/", {}],
    ["http://{sub}.example.com/x", "http://evil.com:80@a.example.com/x", undefined],
    ["http://{sub}.example.com/x", "http://a.b.example.com/x", { sub: "a.b" }],
    ["http://example.com/a b/é/{id}", "http://example.com/a%20b/%C3%A9/1", { id: "1" }],
    ["urn:isbn:{number}", "urn:isbn:0451450523", { number: "0451450523" }],
    ["data://x/{__proto__}/{constructor}", "data://x/1/2", JSON.parse('{"__proto__":"1","constructor":"2"}')],
    ["qz://qz0x/{a}/{b}", "qz://qz0x/1/2", { a: "1", b: "2" }],
  ])("%s matches %s as %j", (template, uri, variables) => {
    const found = match(template, uri);

    const entries = (values: object | undefined): unknown => values && new Map(Object.entries(values));
    expect(entries(found)).toEqual(entries(variables));
  });

  it.each<[template: string, reason: RegExp]>([
    ["data://x/{id", /brace/],
    ["data://x/{}", /variable names/],
    ["data://x/{a b}", /variable names/],
    ["data://x/{id:3}", /prefix/],
    ["data://x/{list*}", /explodes/],
    ["data://x/{=id}", /reserves/],
    ["data://x/{id}/{id}", /twice/],
    ["data://x/{a}{b}", /text between/],
    ["data://x/{+a}/{b}", /only text/],
    ["data://x/{+a}{/b}", /only text/],
    ["data://x/{+a,b}", /ambiguous/],
    ["data://x/{;a}b", /begin with \//],
    ["data://x/{&a}", /belongs in the query/],
    ["data://x{?a}/y", /must begin with &/],
    ["data://x?a={b}c", /must begin with &/],
    ["data://x?a=c{b}", /whole value/],
    ["users/{id}", /scheme/],
    ["{scheme}://x", /scheme/],
    ["http://x:{port}/", /port/],
    ["data://x/{id}/../y", /dot segments/],
  ])("%s is refused", (template, reason) => {
    expect(() => compileUriTemplate(template)).toThrow(reason);
    expect(() => compileUriTemplate(template)).toThrow(KitError);
  });

  it("gets back what another implementation expanded", () => {
    const value = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
      .filter((text) => !/^\.{1,2}$/.test(text));
    const matcher = compileUriTemplate("data://users/{user}/files/{file}/end{?q}");
    const expander = new UriTemplate("data://users/{user}/files/{file}/end{?q}");

    fc.assert(
      fc.property(value, value, value, (user, file, q) => {
        const uri = expander.expand({ user, file, q });

        expect(matcher.match(normalizeUri(uri)!.href)).toEqual({ user, file, q });
      }),
      { numRuns: 300 },
    );
  });

  it("gets back what it expands to with each operator that takes one variable", () => {
    const value = fc.stringMatching(/^[a-z0-9 %/?#&=;,:@é]{1,12}$/);
    const operators = ["", ".", "/", "#", "?"] as const;

    fc.assert(
      fc.property(fc.constantFrom(...operators), value, (operator, x) => {
        const name = operator === "?" ? "x=" : "";
        const uri = `data://root/a${operator}${name}${encodeURIComponent(x)}`;

        expect(match(`data://root/a{${operator}x}`, uri)).toEqual({ x });
      }),
      { numRuns: 300 },
    );
  });

  it("never fails or throws on any text", () => {
    const matchers = ["a://{x}-{y}.{z}", "a://h{/x,y}{.z}", "a://h/{+x}", "a://h/p{;x,y}{?q,r}{#f}"].map(
      compileUriTemplate,
    );

    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom("a", ":", "/", "?", "#", "&", "=", ";", ".", ",", "-", "%4", "x"),
          maxLength: 40,
        }),
        (rest) => {
          for (const matcher of matchers) {
            const found = matcher.match(`a://${rest}`);

            expect(matcher.variables).toEqual(expect.arrayContaining(Object.keys(found ?? {})));
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("takes no more than a few scans of the URI, also of those that make regular expressions backtrack", () => {
    const hostile: readonly (readonly [template: string, start: string, piece: string])[] = [
      ["a://h/{a}-{b}-{c}-{d}-{e}/x", "a://h/a", "-"],
      ["a://h/{a}-{b}-{c}-{d}-{e}/x", "a://h/a", "-a"],
      ["a://h/{a}.{b}.{c}.{d}.{e}/x", "a://h/a", ".a"],
      ["a://h{/a,b,c,d}{.e,f,g}", "a://h", "/."],
      ["a://h/{+x}/end", "a://h/", "/en"],
      ["a://h/p{;a,aa,aaa}/x", "a://h/p", ";a"],
      ["a://h/p{?a,b,c}", "a://h/p?a=", "b"],
      ["a://h/p{#a}", "a://h/p#", "#"],
    ];
    // The quickest of several runs leaves out what else the machine does.
    const cost = (run: () => unknown): number => {
      const times = Array.from({ length: 10 }, () => {
        const start = performance.now();
        for (let round = 0; round < 5; round += 1) run();
        return performance.now() - start;
      });
      return Math.min(...times);
    };

    for (const [template, start, piece] of hostile) {
      const matcher = compileUriTemplate(template);
      const uri = `${start}${piece.repeat(16_000 / piece.length)}\n`;

      const scan = cost(() => /^(?:(?!y)[^z])*$/s.test(uri));
      const matching = cost(() => matcher.match(uri));

      // One way to backtrack at each character would make this 16,000 scans.
      expect(matching / scan, template).toBeLessThan(100);
    }
  });

  it("does not look at URIs of absurd length", () => {
    expect(compileUriTemplate("a://h/{x}").match(`a://h/${"x".repeat(100_000)}`)).toBeUndefined();
  });
});
