import assert from "node:assert/strict";
import { isIPv4, isIPv6 } from "node:net";
import fc from "fast-check";
import { describe, it } from "mocha";
import { nodeAddress, tcpAddressOf } from "../../../contracts/fields/node-address.ts";

const right = [
  "/ip4/192.0.2.1/tcp/7101",
  "/ip4/0.0.0.0/tcp/1",
  "/ip6/::1/tcp/65535",
  "/ip6/2001:db8::7/tcp/7101",
  "/dns4/node.example/tcp/7101",
  "/dns/xn--fiqs8s.example./tcp/7101",
];
const wrong = [
  "/ip4/256.0.2.1/tcp/7101",
  "/ip4/01.2.3.4/tcp/7101",
  "/ip4/1.2.3/tcp/7101",
  "/ip4/1.2.3.4./tcp/7101",
  "/ip4/node.example/tcp/7101",
  "/ip6/fe80::1%eth0/tcp/7101",
  "/ip6/1::2::3/tcp/7101",
  "/ip6/:::/tcp/7101",
  "/dns4/-node.example/tcp/7101",
  "/dns4/豊島.example/tcp/7101",
  "/dns4/node.example/tcp/65536",
  "/dns4/node.example/tcp/0",
  "/dns4/node.example/udp/7101",
  "/dns4/node.example/tcp/7101/p2p/12D3Koo",
  "node.example:7101",
  "/dns4/123456789018.example/tcp/7101", // a My Number
];

describe("nodeAddress", () => {
  for (const address of right) {
    it(`takes ${address}`, () => assert.equal(nodeAddress.fromJson(address), address));
  }
  for (const address of wrong) {
    it(`refuses ${address}`, () => {
      assert.throws(() => nodeAddress.fromJson(address), { code: "INVALID_FIELD" });
    });
  }

  it("judges IP addresses as the runtime does", () => {
    const likeIPv4 = fc.string({
      unit: fc.constantFrom("0", "1", "2", "5", "9", "."),
      maxLength: 9,
    });
    const likeIPv6 = fc.string({ unit: fc.constantFrom("0", "a", "F", ":", "::"), maxLength: 20 });
    const isTaken = (protocol: string, host: string) =>
      tcpAddressOf(`/${protocol}/${host}/tcp/7101`) !== null;
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), likeIPv4), (host) => {
        assert.equal(isTaken("ip4", host), isIPv4(host), host);
      }),
    );
    fc.assert(
      fc.property(fc.oneof(fc.ipV6(), likeIPv6), (host) => {
        assert.equal(isTaken("ip6", host), isIPv6(host) && !host.includes("."), host);
      }),
    );
  });
});
