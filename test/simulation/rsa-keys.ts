/**
 * RSA keys for simulated cards and terminals: always the same, because a run must replay to the byte (RSA
 * PKCS#1 v1.5 signatures are deterministic, keys are not). Everybody knows them: they are good for nothing else.
 */
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import type { Party } from "../support/ledger-world.ts";

/** PKCS#1 DER, base64; exponent 65537. */
const CARD_KEYS = [
  "MIIEowIBAAKCAQEAzGQiX/JOHQYkloo2DJBMiMpwI52QMbOxa522C1AB+Rg+7iHrkrIRqbjNklapoA2Myy+n3wYqygxI" +
    "+7seQBqaOVTFx/ce0JkJHRnAr9vTjwUN2ITEMVeJFhjZhyTDzAbUz5EvDGKYRVsWpSIynT1pGznaW8g/wnq+a9LkhUal" +
    "20S3G0SzJwwUPx7+3/Z9O6Q1tvvbWG8toZFCnNvG9418VtPIeQtte25hbPJMzLLKAYJ24GRuzD5RCZx93sdaYBa+x3RN" +
    "StZsIuIIpVXLtDunRhVuLOX1cGfzEmCSdDbL1JmOKQ63VSk8wG+VQyZsXD+6bob+VJBpFz7QsdeT0NLVmQIDAQABAoIB" +
    "ABIF//qAPFdmneYY/rplpJwY5uHbIHajiwELhZyyg9QGiXEYFGUJlxFlepo9kmRq4Xge5hGegnox8mMhXWHnfqNQ2IaB" +
    "QgpAvnselN1lF/8oAdAup/rWZmAolZELYsksbop1ueWAkb8m8MSj0v0G5+x20eyvSEES8BUDwjNG9zPyLzVAIzl9ds3/" +
    "jKcciI6/tikhjsoyPkmfq1SkxGEfbqMRGnr8ybmhVAOps7lmHuM+4IbAL3XOK+lb5pN328WA+51TnR/ikU9LdZ6i2IBP" +
    "uUEYXnsTRxkbgTUC+JUTtiHZX3bZ3kS94LWjBFhYjIR/cjb9mXOzzqJNfhKPWWKD7TECgYEA9eDRNs1ol5YKZdfro6LG" +
    "hzluQ9YRySWJZzNDW47SqcPza9tTVAz/ilW8aH8Qx0kOdpaOu69onhofK3u3yTwVs/VEemeypMc6i6bEufjF4RI2f9ke" +
    "blqdDuxMIv6eikBMKvNZdq8GfGuyvV+YKDqQCY+LXiYsN19vLjtWnBHh/SkCgYEA1M4bSnGKLhs2qrXDSor7wKBIm5Qx" +
    "asIqmWxZO+CbVngcMywAX0URZOA3ghSYhhnyCBzAuJbc1RIgl/1NNQqcRByL4w5MjSbfgvhmWXWX2NlIZOLWXXp2/qNK" +
    "HTVF5eoPz7ejvRvOImkG4xz/W5oBTKPU/tNmDnD9l9cdQFVFsvECgYAMLpJPA8hN0lo7h4IePl9Vrcu/wqho7dor6cdJ" +
    "jv7y+ElkK56qSGaUxQCrsLf1F7KGv5jcxakKREMNFXkamEZ+/wTgh6i7Lz/AUYfnquKq7wsSNICkeQrVBXIUPcc/FEZx" +
    "zlK9ZZiNq4xUg5r3S0d9ocYG6R9BsxHAGaKF4wDuWQKBgQCuZtO66N5D9w2QTjJkzw6PyUx4JLVzNvnOjxt6lRL5hKon" +
    "zfHoIiSlNZSISPTPQkg3Gclf/lOxU4/ewDscMzvqHjMOvFNEgw0+uvC2dEcj8r7/31+rcIhBG/XLhjNov7CBnZDVlQoU" +
    "7Vo1mzg0DDzwYHxY80t6nmNWo3dXmArtIQKBgHQD1V9/tfyZ11eqTo5oUNH79ib/VJrLg5j4LkU7DDLDdgx7XPsJExxM" +
    "+Q1H/H0K0GkxyQTUidJAE/NoJYg1xruv1hv73SCQSBtS4t9zkWp8b/iwzIycj6GEYfw+d6W3mTIa6uxzb3b75bfiJMDv" +
    "n7HX8wAz8xRZQ0nV+p0sTBsh",
  "MIIEowIBAAKCAQEA3UicFsPgWHYUdno49fpiVCEZE8zDS0sDEI4so5tuHeMuAmTMOjzsv5PQwB5W1g8jFkUlJ1i+K6Ft" +
    "ClJgy1RW7LWHAunJ7NxNsMIh2z7em+rEVBMvppwiqnvLEnN29NcFmMRxcaDNakPoFdeb5GQZoy4eKM8bWHC01bd870Hf" +
    "YSKcJRPIOpTPTCI9kBwv0QzHIvxsoGBtLkI7lDROoYhfQ90vlrYwn4inKRThLteiGEkfNBLmg8EIPCZWL8WqMhBwzswW" +
    "ESkV31vvuM4Hap0wG9kzPM4CT6x949m3OkNleBAnQbulZAFjHfhDCdKK9O+Wr0e7fToC9ZDaTaKsOdcotwIDAQABAoIB" +
    "ACGo9t1bpFewdoJjKyD3mldzxW3GmvpsCaZOCipE7WYsdYY1sP8230hxArMGqmzbVpn/oJwwmpTmdEC6sTCcvrA5GLVv" +
    "vKCEDmlRznacRJ5xArZLSNdOLtPCCuzelXy+7IIFd8AyFq0QcVBJQNRoCaJR1JKelmlIk6lixOVcHs+WfMEFSaSOagdU" +
    "sTcuyLfijEh3PbysEjUdmR+kwin05usk2FkecO4gDZUvzmFFLZpR9Vi66bmCG19xREQRxqA40ab9bXJSkAbwqrJ7PePO" +
    "b+ZpcGw/fcZsciWxV3/YDGT/+Cp0yBGnis34ACCXTaFj3BlBf/fSUHvSQinj6di+w5ECgYEA8aSz+xiwA5LlyFPXkyb2" +
    "OEuEcj0G8Y8/9Bbi+9B1MdK+pD1ZaEV35BqO5X0+xWNmR/oCidvbV9S5k+5aHAj8GTqWxKcmar/yuw5rO9Q1qsNGJYa+" +
    "4Xwiui9mA2QHDlpmwvAxl7YQ/+lrA4WjMQQ/INVM8gJyZEIHUdfRvuNEHy8CgYEA6m4+TE1D31Lb1lVOPo6hOTm7JpW8" +
    "5ElSMCP7OYeUA+qxUPrxpWMoD5NnxPfx5YcPLBsdAqNUoMbVdklhNtmQYLnNGVYVMzzFRsQRLQpW41ZU4zGbG2+Pz2lG" +
    "czjh97cCzdM4/r+XRHq2pCO4p41FXSUNKvoQ+o3E55luh5QjbPkCgYB5Fdc6U7yfjdSm9ZxomHV48B6GQB5inS2m2nET" +
    "Tfnr5XayRiuvHGBfZQ+F36S8tHpkRttOyWS4Nlhn0GBG/BmXasxx7nBJvbWcFjWV3VinIQLdew/bXaDpOycbO9xtTM+B" +
    "j2rKYulR011Ufnqv7TjU8w2Dl8ZKhuu0DzmDNc7E8QKBgD3MKef7RjUMpp7thd6/wohPS6J0PoL/QQcntQYJU19k8rEi" +
    "NakfZmQUu3oU0lNrMvixfQhA/gIT6BlyZooK+CBHWmWfZ59GGcr5zH1PCHCNRXtOjFDDK+nFGqktCYQ/XiHb2F5vKvUG" +
    "VDcYo4inmO1g4wO9P9SMoqdaruRWjLAhAoGBAONVgfthzd4qkiocq9ygRvxOJXOBEklFIVbHZL1ObqPoJtC9NxRvmtZ9" +
    "M1Wq/jxk9S6cL2qQbUN4YT72Fyce+dLdd+oz79bCPoIHDEHXGY8HLVl6QfYrwp3UtZPH2ujGTEIq+1InOQzDW2E2vebx" +
    "x6aubj2G+RcSSnDjwdm9OrgX",
  "MIIEowIBAAKCAQEA1Xh8Q/LJHwE8/oWMrz+OfiGubd2Oocyulp11jjRk32XfQJvga0R2tt53Tu0kztgMv+qTF4DqR4be" +
    "W1wP1W/VNgvLgwO8WMiuXSqYx9TYo+gZ7v9tnd5wKy6F7B5d+AkelkvgVdvWPFPk1LpXvnUa1+IkZ3qDfN60/jH0WyiO" +
    "tGUKCzOsxTa2wOGG9jxH2jikbCP9C1zsNXyCyRyWVaOvhsdkDQ47JjP9XZqGYZaeAUi7iL4UFidIeiK5tS0zekncaEgM" +
    "zhUVDKbJRCjvy4910GpPdy/ZpYlNUfDhrwtJNo7//0VmdXOx1FDu8wBe9gV+acJZXwGlBWYeMfNmkLuP9wIDAQABAoIB" +
    "ACMrkiGpxvwOOqveefLHoGTkjLX6Kk07CUq0T5FpzXLG+HTPGbbilUKEvZhp1sYjb1pRPgHB0heNv2XC8bLjFXgtkk6Y" +
    "F3hzO9MKuRg3V6gNjfRD7h3z73wV0qe3yxiZ/AmcH65VpWLUGZ/4wYsWBSGrVv8bfr1cfephdZZtRLGwpOKlRrsqjbci" +
    "vg/Pxacq8hME5CakyHUI/QvAJAKwN/e8DzpyhgB+0r1vCqXWS329sk4QkmCTpII+6XoGfd57dtGDMLI0viRMxrO75xf5" +
    "zRqS2tb4RZouJ1akQkIRM5ZQNXDqIn5oRH305rCftps0qHmJ/jHMM3E0f3ksW/YVu30CgYEA6kEfpqc4A+2eKeu3W3r4" +
    "XyrGDMoyhhsd5mBPFcyZVt6ljr4hje/ceY1HZGN3Qt6Cl+eED5UfQo1G95qKP6A0HQ8RGImCxWJYSEv0aQ5dnJWLonlF" +
    "HEaFPmnzZxJt4LjCFDYCYgK2ZFptes0gxQByA8sln1T71DptR69lID8mW2UCgYEA6Ulzt5Ty9BSPKz0YSeT386Yt40Xf" +
    "mxXjy6Hm43E4FumLkLShiBJFwEox9jFcAhhZbnMmltt7P288tjEQ8SZQX4dB+VgV7K2p1+kx3PXcuAQvgJ/QAYMzrX1w" +
    "URniIzBoGoCRTqs4bUbVUc35UgcLIo8YZnIMnUx5GbWqNnhs/isCgYEAsi/FXqQV9M77n1Gg0KIyaVmE+teXJPFdhg6+" +
    "OYu/HBgSAQlZRrkskP1JT/BlGGVfGyNNDflVpO8IC3HvNUSsP2pli6+V3ITZOG0mRf9ab7BFXdo3GrH9yqMXNdEL6YNA" +
    "hdUrbNg5Ww559o4wHgofsAkH3jHruNyUoZGmL6g5ig0CgYBWejoBJZ/iRvTDjIRCcDRSB5ofE7nOHZEx3TRfv4qRQ8XO" +
    "wIbYkB13KInYv3dh93C/dsQpS/cmDrAswYeMPS2yG8ujCLon4ECDnxgy1pkZRcPuJE/RH7e6ajOGfNfNP5Z3rI0w4luq" +
    "doWBK59uftnr16ut3j062ixSEXulcYLFvQKBgBODxOWY6Zkdhe5Ccdqv5ArOUk9sFWK1iIcZkvx2lLQxOJ5k7TpU5Nbi" +
    "SRB8IDpMMBbNPYlIxurlwHZzX+vQYhiKzvaphDf1/d9iO5dNdZ5pqdK5IgXFyM4cadCEo+fZ+q65Qtu8cdbjG7tM4aro" +
    "3krBZrto1JWwwd9lgcu7bu9c",
] as const;

/** PKCS#1 DER, base64; exponent 3. */
const TERMINAL_KEY =
  "MIIEogIBAAKCAQEAv/g0rI4G4v/vGMlTKEw/qI2neQDTigSoVg+GGtsx8p07ZpPMLNxf1r/9WhZov6Iw5+6vey/6yk+e" +
  "BO5ucA5A/YEr/0q/3l5QPr09J3FKnWHgatQ9usdxAXtf7K48ckMf/2+Xl2Km/TxmVcAhmNbu2JKNOPWbovLapOHHEC0D" +
  "MLgoBe7Ew0ewFcAIBSGEyC0UAf2cmVWsO49adwPe4bSPCEiQt6DGUXbZg6//RLQYJYPcgypkPMcfOdwgFeLfOY1EqFfu" +
  "5sVkLtsNINiJXegPVEr0333Bgy1PNLVEBM6dHIgXoZ6WFQUiYIAl1uI6aoT46NEYtkF9lvixxprMUqi1hwIBAwKCAQB/" +
  "+s3IXq9B//S7MOIa3X/Fs8T7VeJcAxrkCllnPMv3E3zvDTLIkuqPKqjmuZsqbCCanx+ndVHcNRQDSZ71XtX+Vh1U3H/p" +
  "lDV/KNNvoNxo6+rx4tPR2ktWUj/zHtL212qqSmUPlxn+KEQ5KsEQj0nltwjQo70XTJHDQS9gHgIgeZ2doqW/G0yzQIoi" +
  "vz7HZ8z8IkhnGq1W49YnEFcyJpd55UgRjEOyZal7ScEKClu+sOo/voUNfekZ7960MqJmE/fs8pKM/ffdJjufUqJVVoNg" +
  "fYlOXioH94hdggUJCVqiwbc2b/mpPfYZCs6skktEy+GVsC4oicMhoaepMJf3iazbAoGBAOTvsLklZ22GWSHYcKRFzDMb" +
  "+eIRfp551ynfYmb9iuyZgVlTVLVmvISUykXTadj4SosvVEU0k2rR20UlS0YFjUoDQppdcw9NF438HrfwMJwCVmkaKIMc" +
  "kzXs/pF90l2ATXNgq3DbIThbZnbh/DGKGrn+gxAk4nTn+Gbbmuv8Q2QVAoGBANapyhL/N0+Chhb4kgJXRS1r0E3tLwm/" +
  "Ym9dCPUY778370tJ+atfIda19xfiOrWPL/H0OFdz9tbBGQziS6Wa4gbBqXi11WEWCiW1vd3tta5BOD3Px/9apsy7c6r5" +
  "bjeoGBFvSy68BvjfiXjyCpf5OGyJxcNUkGP8jc9tNvxjFs4rAoGBAJifyyYY755ZkME69cLZMsy9UUFg/xRROhvqQZn+" +
  "XJ27q5DiOHjvKFhjMYPiRpClhwd04tjNt5yL54NuMi6uXjFXgbw+TLTeD7P9ac/1db1W5EYRcFdoYiPzVGD+jD5ViPeV" +
  "x6CSFiWSRE9BUsuxZyaprLVt7E3v+u89EfKoLO1jAoGBAI8b3AyqJN+sWWSltqw6Lh5H4DPzdLEqQZ+TW04Qn9TP9Nzb" +
  "+8eUwTnOpLqW0c5fdUv4JY+ipI8rZgiW3RkR7ASBG6XOjkC5XBkj0+lJI8mA0Ck1L/+RxIh898dQ9CUaurZKMh8oBKXq" +
  "W6X2sbqmJZ2xLoI4YEKoXopIz1Lsud7HAoGAZ+tEsFsenC3+quuY3hzYkPDZFZTLb79XAySx8tgmUAKUFpffu2R5Mqx+" +
  "m0u6/rKuQA1xFkPiRQVXmElZqr9ck6pAZ3Ri8a9ZIplPhENIShATYpZKPOiS3SKLgXSD5DSVpDTw9C/xVPmDrI5+ELKt" +
  "sO/u3w1cfapxz2xdlyVpdnc=";

/** The residents' cards. */
export const CARDS: readonly [Party, Party, Party] = [
  rsaParty("card", "jpki-rsa2048-sha256", CARD_KEYS[0]),
  rsaParty("card", "jpki-rsa2048-sha256", CARD_KEYS[1]),
  rsaParty("card", "jpki-rsa2048-sha256", CARD_KEYS[2]),
];

/** The terminal of the shop. */
export const TERMINAL: Party = rsaParty("terminal", "rsa2048-sha256", TERMINAL_KEY);

function rsaParty(kind: Party["kind"], algorithm: Party["algorithm"], pkcs1: string): Party {
  const key = createPrivateKey({ key: Buffer.from(pkcs1, "base64"), format: "der", type: "pkcs1" });
  return {
    kind,
    algorithm,
    publicKey: new Uint8Array(createPublicKey(key).export({ format: "der", type: "pkcs1" })),
    sign: (message) => new Uint8Array(sign("sha256", message, key)),
  };
}
