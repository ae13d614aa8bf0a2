/**
 * The three `Reflect` functions that tsyringe, the container inside @peculiar/x509, wants at load
 * time. Import this before @peculiar/x509. tsyringe only looks up what no one here stores (there
 * is no decorated class), so a map per target is all of it; the full polyfill would bring nine
 * functions and a package. Does nothing where one is already loaded.
 */

type MetadataReflect = {
  getMetadata?: (key: string, target: object) => unknown;
  getOwnMetadata?: (key: string, target: object) => unknown;
  defineMetadata?: (key: string, value: unknown, target: object) => void;
};

const reflect: typeof Reflect & MetadataReflect = Reflect;

if (!reflect.getMetadata) {
  const metadata = new WeakMap<object, Map<string, unknown>>();
  const own = (key: string, target: object): unknown => metadata.get(target)?.get(key);
  reflect.getMetadata = own;
  reflect.getOwnMetadata = own;
  reflect.defineMetadata = (key, value, target) => {
    const entries = metadata.get(target) ?? new Map<string, unknown>();
    metadata.set(target, entries.set(key, value));
  };
}
