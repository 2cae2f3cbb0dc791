import { post } from "../wire-request.ts";
import { envelopeText as meta, frame } from "./frame.ts";
import { laneCase, type LaneCase } from "./lane-case.ts";

/** Messages that are no single request: notifications, responses, batches, handshakes. */
export function* messageCases(): Generator<LaneCase> {
  const initialize =
    '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"c","version":"1"}}}';
  const legacy = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';
  const other = '{"jsonrpc":"2.0","id":2,"method":"ping"}';
  const modern = frame({ id: "3", meta });
  const notification = '{"jsonrpc":"2.0","method":"notifications/initialized"}';
  const modernNotification = `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1,"_meta":${meta}}}`;
  const result = '{"jsonrpc":"2.0","id":1,"result":{}}';
  const error = '{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"m"}}';
  const bodies = [
    notification,
    modernNotification,
    '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}',
    '{"jsonrpc":"2.0","method":"notifications/cancelled","params":null}',
    '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}}',
    '{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}',
    '{"jsonrpc":"2.0","method":"vendor/notice","params":{"a":1}}',
    '{"jsonrpc":"2.0","method":"tools/call","params":{"name":"string"}}',
    `{"jsonrpc":"2.0","method":"tools/call","params":{"name":"string","_meta":${meta}}}`,
    '{"jsonrpc":"2.0","method":"notifications/x","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":5}}}',
    '{"jsonrpc":"2.0","method":"notifications/x","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2025-11-25"}}}',
    '{"jsonrpc":"2.0","method":"notifications/x","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2027-01-01"}}}',
    result,
    error,
    '{"jsonrpc":"2.0","id":null,"error":{"code":-1,"message":"m"}}',
    '{"jsonrpc":"2.0","id":1,"error":{"code":1.5,"message":5}}',
    '{"jsonrpc":"2.0","id":1,"result":null}',
    '{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":-1,"message":"m"}}',
    "[]",
    "[[]]",
    "[1]",
    "[null]",
    `[${legacy}]`,
    `[${legacy},${other}]`,
    `[${legacy},${legacy}]`,
    `[${legacy},${notification}]`,
    `[${notification}]`,
    `[${notification},${notification}]`,
    `[${result},${error}]`,
    `[${modern}]`,
    `[${legacy},${modern}]`,
    `[${modernNotification}]`,
    `[${initialize}]`,
    `[${initialize},${legacy}]`,
    `[${legacy},{}]`,
    `[${Array.from({ length: 200 }, () => notification).join()}]`,
    initialize,
    initialize.replace("2025-11-25", "2026-07-28"),
    initialize.replace("2025-11-25", "1999-01-01"),
    initialize.replace('"protocolVersion":"2025-11-25",', ""),
    initialize.replace('"capabilities":{},', ""),
    initialize.replace('"capabilities":{}', '"capabilities":null'),
    initialize.replace(/,"clientInfo":\{[^}]*\}/, ""),
    initialize.replace('"version":"1"', '"version":1'),
    initialize.replace('"id":1,', ""),
    initialize.replace('"id":1', '"id":null'),
    initialize.replace(/,"params".*/, "}"),
    initialize.replace('"params":{', `"params":{"_meta":${meta},`),
    initialize.replace('"params":{', '"params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2025-11-25"},'),
    initialize.replace('"params":{', '"params":{"_meta":{"io.modelcontextprotocol/protocolVersion":5},'),
  ];
  for (const body of bodies) {
    const label = body.length > 160 ? `${body.slice(0, 160)}...` : body;
    for (const host of ["sessions", "stateless", "off", "empty"] as const) {
      yield laneCase(`body ${label}`, post(body), host);
      yield laneCase(`body ${label} of 2025-11-25`, post(body, { "MCP-Protocol-Version": "2025-11-25" }), host);
      yield laneCase(`body ${label} of 2026-07-28`, post(body, { "MCP-Protocol-Version": "2026-07-28" }), host);
    }
    const initializes = body.includes('"initialize"');
    if (!initializes) yield laneCase(`body ${label} in a session`, post(body, { "Mcp-Session-Id": "<session>" }));
    yield laneCase(`body ${label} in no session`, post(body, { "Mcp-Session-Id": "unknown" }));
  }
}
