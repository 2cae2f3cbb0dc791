import { post, type WireRequest } from "../wire-request.ts";
import { envelopeText as meta, frame, frameHeaders as modernHeaders } from "./frame.ts";
import { laneCase, type LaneCase } from "./lane-case.ts";

/** Bodies that are no JSON, or much of it. */
export function* bodyCases(): Generator<LaneCase> {
  const nested = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);
  const valid = frame({ meta });
  const bodies: readonly (string | Buffer)[] = [
    "",
    " ",
    "\n",
    "null",
    "true",
    "5",
    '"text"',
    "{}",
    "{",
    "}",
    "not json",
    "{'jsonrpc':'2.0'}",
    `${valid},`,
    `${valid}${valid}`,
    `\ufeff${valid}`,
    ` \r\n\t${valid} \n`,
    Buffer.from([0xff, 0xfe, 0x7b, 0x7d]),
    Buffer.concat([Buffer.from(valid.slice(0, -1)), Buffer.from([0xc3])]),
    Buffer.from(valid, "utf16le"),
    valid.replace('"inspect"', '"\\ud83d"'),
    nested("[", "]", 255),
    nested("[", "]", 300),
    frame({ params: `{"name":"inspect","arguments":{"a":${nested("[", "]", 200)}},"_meta":${meta}}` }),
    frame({ params: `{"name":"inspect","arguments":{"a":${nested("[", "]", 256)}},"_meta":${meta}}` }),
    frame({ params: `{"name":"inspect","arguments":{"a":"${"x".repeat(9_000)}"},"_meta":${meta}}` }),
    frame({ params: `{"name":"inspect","arguments":{"a":"${"x".repeat(12_000)}"},"_meta":${meta}}` }),
    frame({ params: `{"name":"inspect","arguments":{"a":[${"1,".repeat(5_000)}1]},"_meta":${meta}}` }),
    "NaN",
    '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"a":NaN}}',
    '{"jsonrpc":"2.0","id":1,"method":"tools/list",}',
    '// comment\n{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
  ];
  for (const body of bodies) {
    const text = body.toString();
    for (const host of ["sessions", "off", "pages"] as const) {
      yield laneCase(
        `body ${JSON.stringify(text.slice(0, 80))} of ${body.length}, modern headers`,
        post(body, modernHeaders),
        host,
      );
      yield laneCase(`body ${JSON.stringify(text.slice(0, 80))} of ${body.length}`, post(body), host);
    }
  }
  const chunked = (size: number): WireRequest => {
    const parts = (valid.match(new RegExp(`.{1,${size}}`, "g")) ?? []).map(
      (part) => `${part.length.toString(16)}\r\n${part}\r\n`,
    );
    return { ...post(`${parts.join("")}0\r\n\r\n`, { ...modernHeaders, "Transfer-Encoding": "chunked" }) };
  };
  yield laneCase("a chunked body", chunked(10));
  yield laneCase("a chunked body of single bytes", chunked(1));
}
