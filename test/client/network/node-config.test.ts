import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { createNetwork, nodeFileOf } from "../../../client/network/create-network.ts";
import { localNetworkConfig } from "../../../client/network/local-network.ts";
import { loadNodeConfig, nodeConfigSchema } from "../../../node/config.ts";
import { temporaryDirectories } from "../../support/temporary-directory.ts";

describe("node.json", () => {
  const newDirectory = temporaryDirectories();

  it("as network create writes it is what a node reads", () => {
    const directory = newDirectory();
    const { genesis } = createNetwork(localNetworkConfig(3), directory, 0);
    for (const { number } of genesis.members) {
      const config = loadNodeConfig(nodeFileOf(directory, number));
      assert.equal(config.nodeNumber, number);
      assert.deepEqual(config.genesis, genesis);
    }
  });

  it("is described by the schema file that editors use", () => {
    const { $schema, title, ...schema } = JSON.parse(
      readFileSync("network-config/node.schema.json", "utf8"),
    );
    assert.deepEqual(schema, nodeConfigSchema.jsonSchema);
    assert.equal($schema, "https://json-schema.org/draft/2020-12/schema");
    assert.match(title, /node\.json/);
  });
});
