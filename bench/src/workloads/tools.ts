import type { z as Zod } from "zod";
import { reportText } from "./report-text.ts";
import { echoName, type Workload } from "./workload.ts";

/** One report of how far a call is. */
export type ReportProgress = (done: number, total: number) => Promise<unknown> | void;

/** A tool as each contestant registers it, in its own words. */
export interface BenchTool {
  readonly name: string;
  readonly description: string;
  readonly input: Zod.ZodObject;
  /** Takes validated arguments; the text is the call's whole result. */
  readonly run: (input: Record<string, unknown>, progress: ReportProgress) => string | Promise<string>;
}

/** Progress notifications that `run_task` sends. */
export const progressReports = 3;

const made = new WeakMap<Workload, BenchTool[]>();

/**
 * The tools of a workload. Only the called one is more than an echo. Made once: a server's tools stand in modules, also
 * where each test makes a server of its own.
 *
 * @param z The contestant's own copy of zod: peers resolve theirs, and a schema of another copy is not always taken.
 */
export function benchTools(z: typeof Zod, workload: Workload): BenchTool[] {
  const known = made.get(workload);
  if (known !== undefined) return known;
  const special = specialTool(z, workload);
  const echoes = Array.from({ length: workload.tools - (special === undefined ? 0 : 1) }, (_, index) => echo(z, index));
  const tools = special === undefined ? echoes : [...echoes, special];
  made.set(workload, tools);
  return tools;
}

function echo(z: typeof Zod, index: number): BenchTool {
  return {
    name: echoName(index),
    description: `Sends back the message it was given (number ${index}).`,
    input: z.object({ message: z.string().max(1_000).describe("What to send back") }),
    run: ({ message }) => message as string,
  };
}

function specialTool(z: typeof Zod, { called, reportBytes }: Workload): BenchTool | undefined {
  if (called === "echo") return undefined;
  if (called === "create_order") {
    return {
      name: called,
      description: "Books an order and tells its total.",
      input: orderInput(z),
      run: (order) => describeOrder(order as unknown as PricedOrder),
    };
  }
  if (called === "make_report") {
    const text = reportText(reportBytes);
    return {
      name: called,
      description: "Returns a long text.",
      input: z.object({ topic: z.string() }),
      run: () => text,
    };
  }
  return {
    name: called,
    description: "Works in steps and tells of each.",
    input: z.object({ message: z.string() }),
    async run({ message }, progress) {
      for (let done = 1; done <= progressReports; done += 1) await progress(done, progressReports);
      return message as string;
    },
  };
}

/** What {@link describeOrder} reads of an order. */
interface PricedOrder {
  readonly reference: string;
  readonly lines: readonly { readonly quantity: number; readonly unitPrice: number }[];
}

/** What `create_order` answers: it reads the validated arguments, so that no validator can skip them. */
export function describeOrder({ reference, lines }: PricedOrder): string {
  const total = lines.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0);
  return `Order ${reference}: ${lines.length} lines, ${total.toFixed(2)}`;
}

/** Twenty-five values, three levels deep, with what real schemas have: enums, formats, bounds, optional parts, arrays. */
function orderInput(z: typeof Zod): Zod.ZodObject {
  const address = z.object({
    street: z.string().min(1).max(200),
    city: z.string().min(1),
    postalCode: z.string().regex(/^[A-Z0-9 -]{3,10}$/),
    country: z.string().length(2),
  });
  return z.object({
    reference: z.string().min(1).max(40).describe("The customer's own number"),
    channel: z.enum(["web", "phone", "store"]),
    currency: z.enum(["EUR", "USD", "GBP"]),
    placedOn: z.iso.date(),
    deliverBy: z.iso.date(),
    warehouse: z.string().regex(/^[a-z]+-\d+$/),
    priority: z.number().int().min(1).max(5),
    giftWrap: z.boolean(),
    note: z.string().max(500).optional(),
    customer: z.object({
      name: z.string().min(1).max(120),
      email: z.email(),
      phone: z.string().min(5).max(30),
      newsletter: z.boolean(),
      loyalty: z.object({ level: z.enum(["basic", "silver", "gold"]), points: z.number().int().min(0) }),
      address,
    }),
    lines: z
      .array(
        z.object({
          sku: z.string().regex(/^[A-Z]{2}-\d{4}$/),
          quantity: z.number().int().min(1).max(999),
          unitPrice: z.number().positive(),
          discountPercent: z.number().min(0).max(100),
          options: z.object({ color: z.string(), size: z.enum(["S", "M", "L"]) }),
        }),
      )
      .min(1)
      .max(50),
  });
}
