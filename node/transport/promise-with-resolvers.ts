/**
 * Gives Node 20 the `Promise.withResolvers` of ECMAScript 2024, which libp2p 3 calls on every dial.
 * Imported before libp2p; does nothing where the function exists (Node 22 and later).
 * libp2p starts no worker threads, so the main thread is the only realm that needs it.
 */

interface Resolvers<Value> {
  promise: Promise<Value>;
  resolve: (value: Value | PromiseLike<Value>) => void;
  reject: (reason?: unknown) => void;
}

/** ECMA-262 27.2.4.9. `this` is the constructor that it is called on, so subclasses work too. */
function withResolvers<Value>(this: PromiseConstructor): Partial<Resolvers<Value>> {
  const resolvers: Partial<Resolvers<Value>> = {};
  resolvers.promise = new this<Value>((resolve, reject) => {
    resolvers.resolve = resolve;
    resolvers.reject = reject;
  });
  return resolvers;
}

if (!("withResolvers" in Promise)) {
  Object.defineProperty(Promise, "withResolvers", {
    value: withResolvers,
    writable: true,
    configurable: true,
  });
}
