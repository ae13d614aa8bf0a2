/**
 * Schemas: one description of a record gives its canonical bytes, its JSON and its JSON schema.
 *
 * A record is a positional CBOR array, its fields in the order of declaration; in JSON it is an object
 * with the same fields, and byte strings are lower-case hexadecimal. Both directions check every
 * rule, and nothing unknown, missing or left over is accepted.
 */
import { fromHex, toHex } from "./bytes.ts";
import { type CborValue, decode, encode } from "./encoding.ts";
import { LedgerFault } from "./faults.ts";

/** JSON as `JSON.parse` returns it. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** The part of JSON Schema (2020-12) that the schemas below produce. */
export type JsonSchema = { readonly [key: string]: JsonValue };

/** How values of type `T` look in bytes and in JSON. */
export interface Schema<T> {
  readonly jsonSchema: JsonSchema;
  /** @throws LedgerFault `INVALID_FIELD` when the value breaks the schema. */
  toCbor(value: T, path?: string): CborValue;
  /** @throws LedgerFault `INVALID_FIELD` naming the path of what is wrong. */
  fromCbor(raw: CborValue, path?: string): T;
  toJson(value: T): JsonValue;
  /** @throws LedgerFault `INVALID_FIELD` naming the path of what is wrong. */
  fromJson(raw: JsonValue | undefined, path?: string): T;
}

/** The type that a schema describes. */
export type Infer<S> = S extends Schema<infer T> ? T : never;

/** Canonical bytes of a value. @throws LedgerFault `INVALID_FIELD`. */
export function toBytes<T>(schema: Schema<T>, value: T): Uint8Array {
  return encode(schema.toCbor(value));
}

/** Value of canonical bytes. @throws LedgerFault `MALFORMED`, `TOO_LARGE` or `INVALID_FIELD`. */
export function fromBytes<T>(schema: Schema<T>, encoded: Uint8Array, sizeBytesMax: number): T {
  return schema.fromCbor(decode(encoded, sizeBytesMax));
}

/** The path of a value that is in no other. */
const ROOT = "(root)";

function refuse(path: string, problem: string): never {
  throw new LedgerFault("INVALID_FIELD", { path: path === "" ? ROOT : path, problem });
}

/**
 * The same fault, its path seen from further outside. Paths are put together only when something is wrong:
 * for every field of every payment they would cost more than the checks.
 */
function inside(error: unknown, outer: string): unknown {
  if (!(error instanceof LedgerFault) || error.code !== "INVALID_FIELD") return error;
  const { path: inner } = error.facts;
  const tail = String(inner).startsWith("[") ? inner : `.${inner}`;
  const path = inner === ROOT ? outer : `${outer}${tail}`;
  return new LedgerFault("INVALID_FIELD", { ...error.facts, path });
}

/** A schema whose CBOR and JSON forms are the value itself. */
function plain<T extends CborValue & JsonValue>(
  jsonSchema: JsonSchema,
  check: (raw: unknown, path: string) => T,
): Schema<T> {
  return {
    jsonSchema,
    toCbor: (value, path = "") => check(value, path),
    fromCbor: (raw, path = "") => check(raw, path),
    toJson: (value) => value,
    fromJson: (raw, path = "") => check(raw, path),
  };
}

/** An integer from `min` to `max`, both included; at most a safe integer. */
export function uint(max: number = Number.MAX_SAFE_INTEGER, min = 0): Schema<number> {
  return plain({ type: "integer", minimum: min, maximum: max }, (raw, path) =>
    isUint(raw) && raw >= min && raw <= max
      ? raw
      : refuse(path, `must be an integer from ${min} to ${max}`),
  );
}

/** JSON can say -0, of which the encoding knows nothing. */
function isUint(raw: unknown): raw is number {
  return Number.isSafeInteger(raw) && !Object.is(raw, -0);
}

/** True or false. */
export const flag: Schema<boolean> = plain({ type: "boolean" }, (raw, path) =>
  typeof raw === "boolean" ? raw : refuse(path, "must be true or false"),
);

/**
 * Characters that no name may hold: controls, lone surrogates, line and paragraph separators, marks that
 * turn the direction of writing (one name could look like another), the byte order mark and the replacement
 * character. Listed one by one where Unicode's own classes change from version to version.
 */
const UNPRINTABLE =
  /[\p{Cc}\p{Surrogate}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF\uFFF9-\uFFFF]/u;

/**
 * Text of 1 to `lengthMax` code points (what JSON Schema counts), all of them printable.
 *
 * Normal form is not checked here: what counts as NFC depends on the Unicode version of the runtime,
 * and two nodes must never differ. The edge normalises what people type.
 */
export function text(lengthMax: number): Schema<string> {
  return plain({ type: "string", minLength: 1, maxLength: lengthMax }, (raw, path) => {
    if (typeof raw !== "string") return refuse(path, "must be text");
    // Characters are counted only where there could be too many: none is shorter than a code unit.
    if (raw.length === 0 || (raw.length > lengthMax && [...raw].length > lengthMax)) {
      return refuse(path, `must have 1 to ${lengthMax} characters`);
    }
    if (UNPRINTABLE.test(raw)) return refuse(path, "must hold printable characters only");
    return raw;
  });
}

/** Text that matches a pattern as a whole; `what` says it in words. The pattern takes no flags. */
export function pattern(regex: RegExp, what: string): Schema<string> {
  // A flag would be lost in the JSON schema, and `g` would make the answer depend on the last one.
  if (regex.flags !== "" || !/^\^.*\$$/.test(regex.source)) {
    throw new TypeError(`${regex} must be anchored and without flags`);
  }
  return plain({ type: "string", pattern: regex.source, description: what }, (raw, path) =>
    typeof raw === "string" && regex.test(raw) ? raw : refuse(path, `must be ${what}`),
  );
}

/** One of the words listed. */
export function oneOf<const W extends string>(words: readonly W[]): Schema<W> {
  return plain({ enum: [...words] }, (raw, path) => {
    const word = words[words.indexOf(raw as W)];
    return word ?? refuse(path, `must be one of ${words.join(", ")}`);
  });
}

/** A byte string of `min` to `max` bytes (`max` = `min` when left out); hexadecimal in JSON. */
export function bytes(min: number, max: number = min): Schema<Uint8Array> {
  const what = min === max ? `${min} bytes` : `${min} to ${max} bytes`;
  const check = (raw: unknown, path: string): Uint8Array =>
    raw instanceof Uint8Array && raw.length >= min && raw.length <= max
      ? raw
      : refuse(path, `must be ${what}`);
  return {
    jsonSchema: {
      type: "string",
      pattern: "^([0-9a-f]{2})*$",
      minLength: 2 * min,
      maxLength: 2 * max,
    },
    toCbor: (value, path = "") => check(value, path),
    fromCbor: (raw, path = "") => check(raw, path),
    toJson: (value) => toHex(value),
    fromJson: (raw, path = "") => {
      const isHex = typeof raw === "string" && /^([0-9a-f]{2})*$/.test(raw);
      return isHex ? check(fromHex(raw), path) : refuse(path, `must be ${what} in hexadecimal`);
    },
  };
}

/** The value or null. */
export function nullable<T>(inner: Schema<T>): Schema<T | null> {
  return {
    jsonSchema: { anyOf: [inner.jsonSchema, { type: "null" }] },
    toCbor: (value, path = "") => (value === null ? null : inner.toCbor(value, path)),
    fromCbor: (raw, path = "") => (raw === null ? null : inner.fromCbor(raw, path)),
    toJson: (value) => (value === null ? null : inner.toJson(value)),
    fromJson: (raw, path = "") => (raw === null ? null : inner.fromJson(raw, path)),
  };
}

/** `min` to `max` values of one kind, in order. */
export function list<T>(inner: Schema<T>, max: number, min = 0): Schema<readonly T[]> {
  const each = <A, B>(raw: A, path: string, convert: (item: never, at: string) => B): B[] => {
    if (!Array.isArray(raw)) return refuse(path, "must be a list");
    if (raw.length < min || raw.length > max) {
      return refuse(path, `must have ${min} to ${max} items`);
    }
    const items: B[] = [];
    try {
      for (const item of raw) items.push(convert(item as never, ""));
    } catch (error) {
      throw inside(error, `${path}[${items.length}]`);
    }
    return items;
  };
  return {
    jsonSchema: { type: "array", items: inner.jsonSchema, minItems: min, maxItems: max },
    toCbor: (value, path = "") => each(value, path, inner.toCbor),
    fromCbor: (raw, path = "") => each(raw, path, inner.fromCbor),
    toJson: (value) => value.map((item) => inner.toJson(item)),
    fromJson: (raw, path = "") => each(raw, path, inner.fromJson),
  };
}

/** The schemas of a record's fields, in their order on the wire. */
export type Fields = { readonly [name: string]: Schema<never> | Schema<unknown> };
type AnySchema = Schema<unknown>;

/** The record type that `Fields` describe. */
export type RecordOf<F extends Fields> = { readonly [K in keyof F]: Infer<F[K]> };

/** A schema of named fields, which can be asked for them. */
export interface RecordSchema<T> extends Schema<T> {
  readonly fieldNames: readonly string[];
}

/** A record: positional array in CBOR, object in JSON. */
export function record<F extends Fields>(fields: F): RecordSchema<RecordOf<F>> {
  type T = RecordOf<F>;
  const entries = Object.entries(fields) as unknown as [string, AnySchema][];
  const names = entries.map(([name]) => name);
  const at = (path: string, name: string) => (path === "" ? name : `${path}.${name}`);
  // Copies of one object are made at one go; fields that are added one by one leave garbage behind.
  const blank: Record<string, unknown> = Object.fromEntries(names.map((name) => [name, null]));
  return {
    fieldNames: names,
    jsonSchema: {
      type: "object",
      properties: Object.fromEntries(entries.map(([name, schema]) => [name, schema.jsonSchema])),
      required: names,
      additionalProperties: false,
    },
    toCbor: (value, path = "") => {
      const raw: CborValue[] = [];
      try {
        for (const [name, schema] of entries) raw.push(schema.toCbor((value as never)[name]));
      } catch (error) {
        throw inside(error, at(path, names[raw.length] ?? ""));
      }
      return raw;
    },
    fromCbor: (raw, path = "") => {
      if (!Array.isArray(raw) || raw.length !== entries.length) {
        return refuse(path, `must be an array of ${entries.length} fields (${names.join(", ")})`);
      }
      const result = { ...blank };
      let i = 0;
      try {
        for (const [name, schema] of entries) result[name] = schema.fromCbor(raw[i++]);
      } catch (error) {
        throw inside(error, at(path, names[i - 1] ?? ""));
      }
      return result as T;
    },
    toJson: (value) =>
      Object.fromEntries(
        entries.map(([name, schema]) => [name, schema.toJson((value as never)[name])]),
      ),
    fromJson: (raw, path = "") => {
      if (raw === null || typeof raw !== "object" || Array.isArray(raw)) {
        return refuse(path, "must be an object");
      }
      const unknown = Object.keys(raw).find((key) => !names.includes(key));
      if (unknown !== undefined) return refuse(path, `has a field besides ${names.join(", ")}`);
      const object = raw as { readonly [key: string]: JsonValue };
      const result: Record<string, unknown> = {};
      for (const [name, schema] of entries) {
        const isThere = Object.hasOwn(object, name);
        result[name] = schema.fromJson(isThere ? object[name] : undefined, at(path, name));
      }
      return result as T;
    },
  };
}

/** The union of records that `variant` describes: each with its `kind`. */
export type VariantOf<R> = {
  readonly [K in keyof R & string]: { readonly kind: K } & Infer<R[K]>;
}[keyof R & string];

/** One of several records, told apart by `kind`: the item before the fields in CBOR, a field in JSON. */
export function variant<R extends { readonly [kind: string]: Schema<unknown> }>(
  records: R,
): Schema<VariantOf<R>> {
  type V = VariantOf<R>;
  const kinds = Object.keys(records);
  const recordOf = (kind: unknown, path: string): Schema<unknown> => {
    const isKnown = typeof kind === "string" && Object.hasOwn(records, kind);
    const found = isKnown ? records[kind] : undefined;
    return found ?? refuse(path, `must be one of ${kinds.join(", ")}`);
  };
  const objectOf = (raw: unknown, path: string) =>
    raw === null || typeof raw !== "object" || Array.isArray(raw)
      ? refuse(path, "must be an object")
      : (raw as { readonly [key: string]: JsonValue });
  return {
    jsonSchema: {
      anyOf: Object.entries(records).map(([kind, { jsonSchema }]) => withKind(kind, jsonSchema)),
    },
    toCbor: (value, path = "") => {
      const fields = recordOf(value.kind, path).toCbor(value, path);
      return [value.kind, ...(fields as readonly CborValue[])];
    },
    fromCbor: (raw, path = "") => {
      if (!Array.isArray(raw)) return refuse(path, "must be an array");
      const [kind, ...fields] = raw as readonly CborValue[];
      return { kind, ...(recordOf(kind, path).fromCbor(fields, path) as object) } as V;
    },
    toJson: (value) => {
      const fields = recordOf(value.kind, "").toJson(value);
      return { kind: value.kind, ...objectOf(fields, "") };
    },
    fromJson: (raw, path = "") => {
      const { kind, ...fields } = objectOf(raw, path);
      return { kind, ...(recordOf(kind, path).fromJson(fields, path) as object) } as V;
    },
  };
}

function withKind(kind: string, { properties, required, ...rest }: JsonSchema): JsonSchema {
  const named = { kind: { const: kind }, ...(properties as JsonSchema) };
  return { ...rest, properties: named, required: ["kind", ...(required as readonly string[])] };
}
