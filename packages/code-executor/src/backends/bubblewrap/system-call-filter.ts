/**
 * System calls that a running `node` never needs, by their numbers on x64 and arm64 (`undefined`: not there): what starts
 * processes, opens sockets, looks into others, or reaches the parts of the kernel where escapes are found.
 */
const refused: Readonly<Record<string, readonly [x64: number | undefined, arm64: number | undefined]>> = {
  fork: [57, undefined],
  vfork: [58, undefined],
  execveat: [322, 281],
  socket: [41, 198],
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  kcmp: [312, 272],
  pidfd_open: [434, 434],
  pidfd_getfd: [438, 438],
  unshare: [272, 97],
  setns: [308, 268],
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  mknod: [133, undefined],
  mknodat: [259, 33],
  name_to_handle_at: [303, 264],
  open_by_handle_at: [304, 265],
  bpf: [321, 280],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  kexec_load: [246, 104],
  shmget: [29, 194],
  msgget: [68, 186],
  semget: [64, 190],
  personality: [135, 92],
  modify_ldt: [154, undefined],
  iopl: [172, undefined],
  ioperm: [173, undefined],
};

/** `linux/audit.h`, and the number of clone and clone3, by Node's name of the architecture. */
const machines: Readonly<Record<string, { readonly audit: number; readonly clone: number; readonly column: 0 | 1 }>> = {
  x64: { audit: 0xc000003e, clone: 56, column: 0 },
  arm64: { audit: 0xc00000b7, clone: 220, column: 1 },
};
const clone3 = 435;
const cloneThread = 0x10000;
/** The x32 ABI has the same calls under other numbers. */
const x32 = 0x40000000;

// Offsets in `struct seccomp_data`, both machines being little endian.
const [callNumber, machine, firstArgument] = [0, 4, 16];
// Classic BPF, `linux/bpf_common.h`: load a word, jump if equal, if not less, if bits are set, return.
const [load, ifEqual, ifAtLeast, ifSet, give] = [0x20, 0x15, 0x35, 0x45, 0x06];
// What the kernel does, `linux/seccomp.h`.
const [allow, refuse, noSuchCall, kill] = [0x7fff0000, 0x00050001, 0x00050026, 0x80000000];

/**
 * A seccomp program as `bwrap --seccomp` reads it. Refused calls fail with EPERM; clone3, whose flags no filter can see,
 * with ENOSYS, upon which libraries use clone, which is let through for threads alone.
 *
 * @returns `undefined` for an architecture whose numbers are not known here
 */
export function systemCallFilter(architecture: string): Uint8Array | undefined {
  const known = machines[architecture];
  if (known === undefined) return undefined;
  const numbers = Object.values(refused).flatMap((columns) => columns[known.column] ?? []);
  // A jump counts instructions to pass over. After the list come allow, refuse, no such call, kill, the look at clone's
  // flags; `index` is the place of an instruction, counted from the list's first.
  const toRefuse = (index: number): number => numbers.length - index;
  const program: (readonly [code: number, jumpIf: number, jumpElse: number, value: number])[] = [
    [load, 0, 0, machine],
    [ifEqual, 0, toRefuse(-5) + 2, known.audit],
    [load, 0, 0, callNumber],
    [ifAtLeast, toRefuse(-3) + 2, 0, x32],
    [ifEqual, toRefuse(-2) + 1, 0, clone3],
    [ifEqual, toRefuse(-1) + 3, 0, known.clone],
    ...numbers.map((number, index) => [ifEqual, toRefuse(index), 0, number] as const),
    [give, 0, 0, allow],
    [give, 0, 0, refuse],
    [give, 0, 0, noSuchCall],
    [give, 0, 0, kill],
    [load, 0, 0, firstArgument],
    [ifSet, 0, 1, cloneThread],
    [give, 0, 0, allow],
    [give, 0, 0, refuse],
  ];
  const bytes = Buffer.alloc(program.length * 8);
  for (const [index, [code, jumpIf, jumpElse, value]] of program.entries()) {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(jumpIf, index * 8 + 2);
    bytes.writeUInt8(jumpElse, index * 8 + 3);
    bytes.writeUInt32LE(value, index * 8 + 4);
  }
  return bytes;
}
