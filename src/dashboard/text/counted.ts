/** "1 project", "2,000 projects": an English number with its noun. */
export function counted(count: number, one: string, other: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : other}`;
}
