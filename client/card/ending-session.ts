import type { Card } from "./card.ts";

/**
 * Hands the card to `work` and always ends its session: only power-off makes a card forget its PIN.
 * @throws what `work` throws, for of two failures the first tells what is wrong; then what `disconnect` does.
 */
export async function endingSession<T>(card: Card, work: (card: Card) => Promise<T>): Promise<T> {
  let result: T;
  try {
    result = await work(card);
  } catch (error) {
    await card.disconnect().catch(() => undefined);
    throw error;
  }
  await card.disconnect();
  return result;
}
