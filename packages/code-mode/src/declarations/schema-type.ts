import { docComment } from "./doc-comment.ts";
import { literalType, propertyName } from "./literal-type.ts";
import { localReference } from "./local-reference.ts";
import { objectText, type MemberText } from "./object-text.ts";
import { isObject, listOf, membersOf, type SchemaObject } from "./schema-object.ts";
import type { TypeNames } from "./type-names.ts";
import { arrayOf, intersectionOf, plainType, unionOf, unknownType, type WrittenType } from "./written-type.ts";

/** Levels of nesting that are written out; what is deeper is `unknown`. */
const deepest = 12;

/** Members of an enumeration, a union or a tuple that are written out. */
const mostMembers = 60;

/** Characters of a property's name; one that is longer is left out. */
const longestName = 200;

/** What an object type is when nothing is said about its members, and when it may have none. */
const anyObject: WrittenType = plainType("Record<string, unknown>");
export const emptyObject = "Record<string, never>";

/**
 * Writes one JSON Schema (2020-12, and what older drafts and OpenAPI 3.0 add) as a TypeScript type. Types say less than
 * schemas: limits become comments; `not` and `if` are left out. Whatever the schema is, the text is TypeScript that
 * parses, and about as long as its budget at most; what does not fit is `unknown`.
 */
export class SchemaType {
  readonly #root: unknown;
  readonly #names: TypeNames;
  readonly #prefix: string;
  /** Named types by the reference that leads to them. */
  readonly #references = new Map<string, string>();
  readonly #waiting: { readonly name: string; readonly schema: unknown }[] = [];
  #budget: number;
  #cut = false;

  /** @param root The schema. `names` are shared by all types of one text; `prefix` begins those that this one takes. */
  constructor(root: unknown, options: { names: TypeNames; prefix: string; maxCharacters: number }) {
    this.#root = root;
    this.#names = options.names;
    this.#prefix = options.prefix;
    this.#budget = options.maxCharacters;
  }

  /** Whether something was left out because it did not fit. */
  get cut(): boolean {
    return this.#cut;
  }

  /** The root's type. */
  write(): string {
    return this.#type(this.#root, 0).text;
  }

  /** The types that {@link write} refers to by name, as declarations. */
  declarations(): string[] {
    const declarations: string[] = [];
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      declarations.push(`type ${next.name} = ${this.#type(next.schema, 0).text};`);
    }
    return declarations;
  }

  #type(schema: unknown, depth: number): WrittenType {
    if (schema === false) return plainType("never");
    if (!isObject(schema)) return unknownType;
    this.#budget -= 1;
    if (depth > deepest || this.#budget <= 0) return this.#cutOff();
    const parts = [
      this.#reference(schema["$ref"]),
      this.#values(schema) ?? this.#byType(schema, depth),
      this.#anyOf(schema["anyOf"], depth),
      this.#anyOf(schema["oneOf"], depth),
      ...this.#first(listOf(schema["allOf"])).map((member) => this.#type(member, depth + 1)),
    ];
    const type = intersectionOf(parts.filter((part) => part !== undefined && part.text !== "unknown") as WrittenType[]);
    return schema["nullable"] === true && type.text !== "unknown" ? unionOf([type, plainType("null")]) : type;
  }

  #reference(reference: unknown): WrittenType | undefined {
    const target = localReference(reference, this.#root);
    if (target === undefined) return undefined;
    const known = this.#references.get(reference as string);
    if (known !== undefined) return this.#spend(known);
    const name = this.#names.take(`${this.#prefix} ${target.name}`);
    if (name === undefined) return this.#cutOff();
    this.#references.set(reference as string, name);
    this.#waiting.push({ name, schema: target.schema });
    return this.#spend(name);
  }

  /** Exactly these values, if the schema names them. */
  #values(schema: SchemaObject): WrittenType | undefined {
    const values = Object.hasOwn(schema, "const") ? [schema["const"]] : schema["enum"];
    if (!Array.isArray(values)) return undefined;
    const types: WrittenType[] = [];
    for (const value of values) {
      const literal = literalType(value);
      // Some of the values would be worse than none: a model takes them for all there are.
      if (literal === undefined || types.length >= mostMembers || this.#budget <= 0) {
        this.#cut = true;
        return undefined;
      }
      types.push(this.#spend(literal));
    }
    return unionOf(types);
  }

  #byType(schema: SchemaObject, depth: number): WrittenType | undefined {
    const { type } = schema;
    if (type !== undefined && type !== "object") {
      return unionOf(this.#first([type].flat()).map((name) => this.#named(name, schema, depth)));
    }
    if (["properties", "patternProperties", "additionalProperties"].some((keyword) => isObject(schema[keyword]))) {
      return this.#object(schema, depth);
    }
    if (isObject(schema["items"]) || Array.isArray(schema["prefixItems"])) return this.#array(schema, depth);
    // Beside a union or a reference that says what the object is like, "it is an object" says nothing.
    const isDescribed = ["anyOf", "oneOf", "allOf", "$ref"].some((keyword) => schema[keyword] !== undefined);
    return type === undefined || isDescribed ? undefined : this.#object(schema, depth);
  }

  #named(type: unknown, schema: SchemaObject, depth: number): WrittenType {
    switch (type) {
      case "string":
      case "boolean":
      case "null":
      case "number":
        return this.#spend(type);
      case "integer":
        return this.#spend("number");
      case "object":
        return this.#object(schema, depth);
      case "array":
        return this.#array(schema, depth);
      default:
        return unknownType;
    }
  }

  #object(schema: SchemaObject, depth: number): WrittenType {
    const required = new Set(listOf(schema["required"]));
    const members: MemberText[] = [];
    for (const [name, property] of membersOf(schema["properties"])) {
      if (this.#budget <= 0) {
        this.#cut = true;
        members.push({ name: "[more: string]", type: "unknown", comment: "" });
        break;
      }
      if (name.length > longestName) {
        this.#cut = true;
        continue;
      }
      const comment = isObject(property) ? docComment(property, 300) : "";
      const key = `${propertyName(name)}${required.has(name) ? "" : "?"}`;
      this.#spend(comment + key);
      members.push({ name: key, type: this.#type(property, depth + 1).text, comment });
    }
    const others = this.#otherMembers(schema, depth);
    if (members.length === 0) return others ?? plainType(emptyObject);
    const object = plainType(objectText(members));
    return others === undefined || others === anyObject ? object : intersectionOf([object, others]);
  }

  /** Members without a name of their own; `undefined` when there are none, or when nothing is said about them. */
  #otherMembers(schema: SchemaObject, depth: number): WrittenType | undefined {
    const { additionalProperties: additional, properties, patternProperties } = schema;
    const described = this.#first(membersOf(patternProperties)).map(([, pattern]) => pattern);
    if (isObject(additional)) described.push(additional);
    if (described.length > 0) {
      return plainType(`Record<string, ${unionOf(described.map((member) => this.#type(member, depth + 1))).text}>`);
    }
    if (additional === false) return undefined;
    // A schema is open unless it says otherwise, and few authors mean it: told only where nothing else is.
    return additional === true || !isObject(properties) ? anyObject : undefined;
  }

  #array(schema: SchemaObject, depth: number): WrittenType {
    const { items, prefixItems, additionalItems } = schema;
    const places = [prefixItems, items].find((keyword) => Array.isArray(keyword)) as readonly unknown[] | undefined;
    if (places === undefined) return arrayOf(this.#type(items, depth + 1));
    const types = this.#first(places).map((place) => this.#type(place, depth + 1).text);
    const rest = Array.isArray(items) ? additionalItems : items;
    if (rest !== false || places.length > types.length) types.push(`...${arrayOf(this.#type(rest, depth + 1)).text}`);
    return plainType(`[${types.join(", ")}]`);
  }

  #anyOf(members: unknown, depth: number): WrittenType | undefined {
    const all = listOf(members);
    if (all.length === 0) return undefined;
    // A union that lacks a member would say what is not so.
    if (all.length > mostMembers) return this.#cutOff();
    const types = all.map((member) => this.#type(member, depth + 1));
    return types.some(({ text }) => text === "unknown") ? undefined : unionOf(types);
  }

  #first<T>(members: readonly T[]): T[] {
    if (members.length > mostMembers) this.#cut = true;
    return members.slice(0, mostMembers);
  }

  #cutOff(): WrittenType {
    this.#cut = true;
    return unknownType;
  }

  #spend(text: string): WrittenType {
    this.#budget -= text.length;
    return plainType(text);
  }
}
