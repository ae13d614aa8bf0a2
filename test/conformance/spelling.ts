import type { EntryType } from "../../consensus/messages.ts";

/** The release of etcd-io/raft that printed a scenario: one log line differs between the two. */
export type Spelling = "v3.6" | "v3.7";

/**
 * Spells `ignoring conf change …` as the release did: v3.7 has
 * `transition:T changes:{type:C node_id:4}`, v3.6 printed the Go struct, `{T [{C 4}] []}`, or
 * `{C 4 [] 0}` when the change was proposed in its first, single form.
 */
export function respell(text: string, spelling: Spelling, proposed: EntryType): string {
  if (spelling === "v3.7") return text;
  return text.replace(
    /ignoring conf change transition:(\w+)((?: changes:\{type:\w+ node_id:\d+\})*) at /,
    (_line, transition: string, changes: string) => {
      const list = [...changes.matchAll(/type:(\w+) node_id:(\d+)/g)]
        .map(([, type, id]) => `${type} ${id}`)
        .map((change) => (proposed === "EntryConfChange" ? `{${change} [] 0}` : `{${change}}`));
      const struct =
        proposed === "EntryConfChange" ? list.join("") : `{${transition} [${list.join(" ")}] []}`;
      return `ignoring conf change ${struct} at `;
    },
  );
}
