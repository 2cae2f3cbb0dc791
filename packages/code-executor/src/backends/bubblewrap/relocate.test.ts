import { expect, it } from "vitest";
import { relocate } from "./relocate.ts";

const program = {
  node: "/home/ada/node/bin/node",
  nodeOptions: ["--no-warnings"],
  file: "/home/ada/app/dist/child.js",
  args: [JSON.stringify({ addon: '/home/ada/"app"/x.node', pyodide: "/home/ada/app/dist/pyodide" })],
  reads: ["/home/ada/app/dist", '/home/ada/"app"/x.node', "/home/ada/app/dist/pyodide"],
};

it("leaves no path of the host in what the program is told", () => {
  const { mounts, ...told } = relocate(program, ["/lib/x86_64-linux-gnu/libc.so.6", "/lib64/ld-linux-x86-64.so.2"]);

  expect(told).toEqual({
    node: "/sandbox/node",
    nodeOptions: ["--no-warnings"],
    file: "/sandbox/0/child.js",
    args: ['{"addon":"/sandbox/1","pyodide":"/sandbox/2"}'],
  });
  expect(mounts).toEqual([
    ["/home/ada/node/bin/node", "/sandbox/node"],
    ["/home/ada/app/dist", "/sandbox/0"],
    ['/home/ada/"app"/x.node', "/sandbox/1"],
    ["/home/ada/app/dist/pyodide", "/sandbox/2"],
  ]);
});

it("leaves a node where it is that brings libraries of its own", () => {
  expect(relocate(program, ["/home/ada/node/lib/libnode.so"]).node).toBe(program.node);
});
