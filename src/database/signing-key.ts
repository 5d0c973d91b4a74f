import { randomBytes } from 'node:crypto';
import type { Database } from './database.ts';

/** What the paths of finished files are signed with. */
const LIBRARY_KEY = 'library';
const KEY_BYTES = 32;

/**
 * The key that the processes of this database sign with: made by the first that asks for it, and
 * the same for all of them from then on. 32 bytes.
 */
export async function readSigningKey({ prisma }: Pick<Database, 'prisma'>): Promise<Buffer> {
  await prisma.signingKey.createMany({
    data: { name: LIBRARY_KEY, key: randomBytes(KEY_BYTES) },
    skipDuplicates: true,
  });
  const { key } = await prisma.signingKey.findUniqueOrThrow({ where: { name: LIBRARY_KEY } });
  return Buffer.from(key);
}
